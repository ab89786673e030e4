"""Prints the names of Keras's classes that a model's config may name, by kind: each once, aliases and bases left out."""

import inspect
import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras  # noqa: E402

MODULES = {
    "layers": (keras.layers, {"Layer", "InputSpec", "Wrapper"}),
    "losses": (keras.losses, {"Loss"}),
    "metrics": (keras.metrics, {"Metric", "MeanMetricWrapper"}),
    "optimizers": (keras.optimizers, {"Optimizer"}),
    "schedules": (keras.optimizers.schedules, {"LearningRateSchedule"}),
    "constraints": (keras.constraints, {"Constraint"}),
    "regularizers": (keras.regularizers, {"Regularizer"}),
    "initializers": (keras.initializers, {"Initializer", "RandomInitializer"}),
}


def names(module, bases):
    """Of a class of several names its own, if it is among them (`GroupedQueryAttention` is not)."""
    classes = [(name, member) for name, member in vars(module).items() if inspect.isclass(member)]
    found = {member: member.__name__ if hasattr(module, member.__name__) else name for name, member in classes}
    return sorted(set(found.values()) - bases)


print(json.dumps({"keras": keras.__version__, **{kind: names(*entry) for kind, entry in MODULES.items()}}))
