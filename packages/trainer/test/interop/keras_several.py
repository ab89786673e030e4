"""Makes a model of two inputs and two outputs, fits it, and writes what came: model.keras and reference.json."""

import json
import sys

import keras
import numpy

directory, rows_path = sys.argv[1], sys.argv[2]
with open(rows_path, encoding="utf-8") as file:
    rows = json.load(file)
person = numpy.array(rows["person"], dtype="float32")
place = numpy.array(rows["place"], dtype="float32")
cost = numpy.array(rows["cost"], dtype="float32")
group = numpy.array(rows["group"], dtype="float32")

keras.utils.set_random_seed(3)
person_in = keras.Input((2,), name="person")
place_in = keras.Input((3,), name="place")
joined = keras.layers.Concatenate()(
    [keras.layers.Dense(8, activation="tanh")(person_in), keras.layers.Dense(4, activation="relu")(place_in)]
)
outputs = {
    "cost": keras.layers.Dense(1, name="cost")(joined),
    "group": keras.layers.Dense(3, activation="softmax", name="group")(joined),
}
model = keras.Model([person_in, place_in], [outputs["cost"], outputs["group"]])
model.compile(
    optimizer=keras.optimizers.Adam(0.01),
    loss=["mean_squared_error", "sparse_categorical_crossentropy"],
    loss_weights=[0.5, 1.0],
)
model.save(f"{directory}/model.keras")
history = model.fit(
    [person, place], [cost, group], epochs=4, batch_size=8, validation_split=0.25, shuffle=False, verbose=0
).history
with open(f"{directory}/reference.json", "w", encoding="utf-8") as file:
    json.dump({name: [float(value) for value in values] for name, values in history.items()}, file)
