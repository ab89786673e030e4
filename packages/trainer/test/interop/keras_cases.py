"""What a file of cases needs. Each case is a function `@case() def name(): return model, inputs, target`, with a compiled
model, a list of input arrays and the target (a list or a dictionary of them for several outputs), all of ROWS rows.

Files of cases are named keras_cases_AREA.py; the test keras-AREA.test.ts runs one of them:
`describeKerasCases('AREA')`.
"""

import keras
import numpy as np

RNG = np.random.default_rng(7)
ROWS = 70
CASES = {}


def case(**fit):
    """Registers a case; `fit` are arguments for `model.fit`."""

    def register(build):
        CASES[build.__name__] = (build, fit)
        return build

    return register


def table(*shape):
    return RNG.normal(size=(ROWS, *shape)).astype("float32")


def classes(count):
    return RNG.integers(0, count, size=(ROWS, 1)).astype("float32")


def sequential(shape, *stack):
    return keras.Sequential([keras.Input(shape), *stack])


def trained(model, inputs, units=2, rate=0.02):
    """A model with something in its weights that was not there to begin with: biases and scales are not 0 and 1."""
    for weight in model.trainable_weights:
        weight.assign_add(0.1 * RNG.normal(size=weight.shape).astype("float32"))
    model.compile(keras.optimizers.SGD(rate, momentum=0.5), "mse", metrics=["mae"])
    return model, inputs, table(units)
