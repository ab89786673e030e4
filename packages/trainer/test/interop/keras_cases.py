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
