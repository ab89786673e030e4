"""Builds, trains and describes one Keras model per case, and later loads back what we wrote. Starts Keras once.

Usage: keras_reference.py make DIR AREA  writes, for each case of keras_cases_AREA.py, DIR/NAME.keras (before training)
                                         and DIR/NAME.json (data and reference numbers)
       keras_reference.py load DIR       reads DIR/NAME.trained.keras, writes DIR/NAME.loaded.json (its predictions; then
                                         the history of training it further, where AREA asked for that)

Options of a case are those of `fit`, but for `early_stopping` and `reduce_lr_on_plateau`, which are callbacks.
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
    outputs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    return [np.array(output).tolist() for output in keras.tree.flatten(outputs)]


def batches(inputs, target, size):
    """A data set that repeats, for steps_per_epoch."""
    import tensorflow as tf

    return tf.data.Dataset.from_tensor_slices((inputs[0], target)).batch(size).repeat()


def rows(arrays, which):
    return keras.tree.map_structure(lambda part: part[which], arrays)


def watched(options):
    """The options of `fit`, with the callbacks that a case names."""
    options = {"epochs": 4, **options}
    callbacks = [
        kind(**options.pop(name))
        for name, kind in (("early_stopping", keras.callbacks.EarlyStopping), ("reduce_lr_on_plateau", keras.callbacks.ReduceLROnPlateau))
        if name in options
    ]
    return {**options, "callbacks": callbacks}


def compute_at_once(model):
    """Without building a graph for a few batches: that takes longer than they do.

    The same numbers, but for the losses that Keras reports of each of several outputs: those are of the last batch then.
    """
    model.jit_compile, model.run_eagerly = False, len(model.outputs) == 1


def go_on(model, x, y, validation):
    return model.fit(x, y, epochs=2, batch_size=16, shuffle=False, verbose=0, validation_data=validation).history


def make(directory, area, goes_on="no"):
    importlib.import_module(f"keras_cases_{area}")
    for name, (build, options) in CASES.items():
        keras.utils.set_random_seed(sum(map(ord, name)))
        keras.backend.clear_session()
        model, inputs, target = build()
        model.save(f"{directory}/{name}.keras")
        model = keras.saving.load_model(f"{directory}/{name}.keras")  # Keras itself forgets some options (Huber's delta)
        compute_at_once(model)
        before = predict(model, inputs)
        train = int(ROWS * 0.8)
        x, y = rows(inputs, slice(None, train)), rows(target, slice(None, train))
        validation = (rows(inputs, slice(train, None)), rows(target, slice(train, None)))
        fit = watched(options)
        if "steps_per_epoch" in options:
            history = model.fit(batches(x, y, 16), shuffle=False, verbose=0, validation_data=validation, validation_batch_size=16, **fit)
        else:
            history = model.fit(x, y, batch_size=16, shuffle=False, verbose=0, validation_data=validation, **fit)
        reference = {
            "inputs": [part.tolist() for part in inputs],
            "targets": [part.tolist() for part in keras.tree.flatten(target)],
            "train": train,
            "epochs": fit["epochs"],
            "batchSize": 16,
            "stepsPerEpoch": options.get("steps_per_epoch"),
            "validationSteps": options.get("validation_steps"),
            "classWeight": options.get("class_weight"),
            "earlyStopping": options.get("early_stopping"),
            "plateauDrop": options.get("reduce_lr_on_plateau"),
            "history": history.history,
            "before": before,
            "parameters": model.count_params(),
        }
        reference["goneOn"] = go_on(model, x, y, validation) if goes_on == "goes-on" else None
        with open(f"{directory}/{name}.json", "w") as file:
            json.dump(reference, file)


def load(directory):
    for file_name in sorted(os.listdir(directory)):
        name, _, suffix = file_name.partition(".")
        if suffix != "trained.keras":
            continue
        with open(f"{directory}/{name}.json") as file:
            reference = json.load(file)
        inputs = [np.array(part, dtype="float32") for part in reference["inputs"]]
        model = keras.saving.load_model(f"{directory}/{file_name}")
        compute_at_once(model)
        with open(f"{directory}/{name}.loaded.json", "w") as file:
            json.dump(predict(model, inputs), file)
        if reference.get("goneOn"):
            target, train = np.array(reference["targets"][0], dtype="float32"), reference["train"]
            history = go_on(model, inputs[0][:train], target[:train], (inputs[0][train:], target[train:]))
            with open(f"{directory}/{name}.gone-on.json", "w") as file:
                json.dump(history, file)


{"make": make, "load": load}[sys.argv[1]](*sys.argv[2:])
