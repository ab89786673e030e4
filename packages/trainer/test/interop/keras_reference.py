"""Builds, trains and describes one Keras model per case, and later loads back what we wrote. Starts Keras once.

Usage: keras_reference.py make DIR AREA  writes, for each case of keras_cases_AREA.py, DIR/NAME.keras (before training)
                                         and DIR/NAME.json (data and reference numbers)
       keras_reference.py load DIR       reads DIR/NAME.trained.keras, writes DIR/NAME.loaded.json (its predictions)
"""

import importlib
import json
import os
import sys
import warnings

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
warnings.simplefilter("ignore")

import keras  # noqa: E402
import numpy as np  # noqa: E402

from keras_cases import CASES, ROWS  # noqa: E402


def predict(model, inputs):
    """Each output in order, however the model hands them over."""
    return [output.tolist() for output in keras.tree.flatten(model.predict(inputs, verbose=0))]


def batches(inputs, target, size):
    """A data set that repeats, for steps_per_epoch."""
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices((inputs[0], target)).batch(size).repeat()


def rows(arrays, which):
    return keras.tree.map_structure(lambda part: part[which], arrays)


def make(directory, area):
    importlib.import_module(f"keras_cases_{area}")
    for name, (build, options) in CASES.items():
        keras.utils.set_random_seed(sum(map(ord, name)))
        keras.backend.clear_session()
        model, inputs, target = build()
        model.save(f"{directory}/{name}.keras")
        model = keras.saving.load_model(f"{directory}/{name}.keras")  # Keras itself forgets some options (Huber's delta)
        before = predict(model, inputs)
        train = int(ROWS * 0.8)
        x, y = rows(inputs, slice(None, train)), rows(target, slice(None, train))
        validation = (rows(inputs, slice(train, None)), rows(target, slice(train, None)))
        epochs = 4
        if "steps_per_epoch" in options:
            history = model.fit(batches(x, y, 16), epochs=epochs, shuffle=False, verbose=0, validation_data=validation, validation_batch_size=16, **options)
        else:
            history = model.fit(x, y, epochs=epochs, batch_size=16, shuffle=False, verbose=0, validation_data=validation, **options)
        reference = {
            "inputs": [part.tolist() for part in inputs],
            "targets": [part.tolist() for part in keras.tree.flatten(target)],
            "train": train,
            "epochs": epochs,
            "batchSize": 16,
            "stepsPerEpoch": options.get("steps_per_epoch"),
            "validationSteps": options.get("validation_steps"),
            "history": history.history,
            "before": before,
            "after": predict(model, inputs),
            "parameters": model.count_params(),
        }
        with open(f"{directory}/{name}.json", "w") as file:
            json.dump(reference, file)


def load(directory):
    for file_name in sorted(os.listdir(directory)):
        name, _, suffix = file_name.partition(".")
        if suffix != "trained.keras":
            continue
        with open(f"{directory}/{name}.json") as file:
            inputs = [np.array(part, dtype="float32") for part in json.load(file)["inputs"]]
        model = keras.saving.load_model(f"{directory}/{file_name}")
        with open(f"{directory}/{name}.loaded.json", "w") as file:
            json.dump(predict(model, inputs), file)


{"make": make, "load": load}[sys.argv[1]](*sys.argv[2:])
