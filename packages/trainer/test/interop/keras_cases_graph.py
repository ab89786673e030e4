"""Cases of the graph itself: several inputs and outputs, nested and shared models, masks. See keras_cases.py."""

import keras
import numpy as np
from keras import layers as L
from keras import losses, metrics, optimizers

from keras_cases import RNG, case, classes, sequential, table


def two_heads():
    first, second = keras.Input((4,), name="first"), keras.Input((3,), name="second")
    hidden = L.Dense(6, activation="tanh")(L.Concatenate()([first, second]))
    value = L.Dense(1, name="value")(hidden)
    kind = L.Dense(3, activation="softmax", name="kind")(hidden)
    return [first, second], value, kind


@case()
def two_outputs_lists():
    inputs, value, kind = two_heads()
    model = keras.Model(inputs, [value, kind])
    model.compile("adam", ["mse", "sparse_categorical_crossentropy"], loss_weights=[0.3, 1.5], metrics=[["mae", "mse"], ["accuracy"]])
    return model, [table(4), table(3)], [table(1), classes(3)]


@case()
def two_outputs_by_name():
    inputs, value, kind = two_heads()
    model = keras.Model(inputs, [value, kind])
    model.compile(
        optimizers.SGD(0.1),
        {"kind": losses.SparseCategoricalCrossentropy(), "value": "mae"},
        loss_weights={"kind": 2.0, "value": 0.5},
        metrics={"kind": ["accuracy", metrics.SparseCategoricalAccuracy(name="accuracy")]},
    )
    return model, [table(4), table(3)], [table(1), classes(3)]


@case()
def two_outputs_dictionary():
    inputs, value, kind = two_heads()
    model = keras.Model(inputs, {"one": value, "other": kind})
    model.compile("rmsprop", {"one": "mse", "other": "sparse_categorical_crossentropy"}, metrics={"other": "accuracy", "one": ["mae"]})
    return model, [table(4), table(3)], {"one": table(1), "other": classes(3)}


@case()
def three_outputs_one_loss():
    start = keras.Input((5,))
    heads = [L.Dense(2, name=name, kernel_regularizer="l2")(start) for name in ("c", "a", "b")]
    model = keras.Model(start, heads)
    model.compile(optimizers.SGD(0.05), "mse", metrics=["mae", "mse", None])
    return model, [table(5)], [table(2), table(2), table(2)]


@case()
def one_output_weighted():
    model = sequential((4,), L.Dense(1))
    model.compile(optimizers.SGD(0.1), ["mse"], loss_weights=[0.25], metrics=[["mae"]])
    return model, [table(4)], table(1)
