"""Models for what `compile` and `fit` may be told: losses, metrics, optimizers, rules of weights, callbacks."""

import keras
import numpy as np
from keras import constraints, losses, metrics, optimizers, regularizers
from keras import layers as L
from keras.optimizers import schedules
from keras_cases import RNG, ROWS, case, classes, sequential, table


def one_hot(count):
    return np.eye(count, dtype="float32")[classes(count)[:, 0].astype(int)]


def words(optimizer):
    """A lookup, a matrix and a vector: what optimizers tell apart."""
    model = sequential((6,), L.Embedding(5, 3), L.Flatten(), L.Dense(4, activation="tanh"), L.Dense(1))
    model.compile(optimizer, "mse")
    return model, [RNG.integers(0, 5, size=(ROWS, 6)).astype("float32")], table(1)


@case()
def adadelta():
    return words(optimizers.Adadelta(0.5))


@case()
def adamax():
    return words(optimizers.Adamax(0.02))


@case()
def nadam():
    return words(optimizers.Nadam(0.02, clipnorm=0.5))


@case()
def ftrl():
    return words(optimizers.Ftrl(0.1, l1_regularization_strength=0.001, l2_shrinkage_regularization_strength=0.01, beta=0.1))


@case()
def lion():
    return words(optimizers.Lion(0.005, weight_decay=0.01))


@case()
def adafactor():
    return words(optimizers.Adafactor(0.1))


@case()
def lamb():
    return words(optimizers.Lamb(0.02))


@case()
def muon():
    return words(optimizers.Muon(0.01))


@case()
def schedule_free_after_training():
    """Before its first step Keras restores no slot that begins as the weight: so it takes one here."""
    model, inputs, target = words(optimizers.ScheduleFreeAdamW(0.02, warmup_steps=4))
    model.fit(inputs[0], target, epochs=1, verbose=0)
    return model, inputs, target


@case()
def average_of_weights():
    return words(optimizers.Adam(0.02, use_ema=True, ema_momentum=0.9, weight_decay=0.01))


@case()
def average_that_overwrites():
    return words(optimizers.RMSprop(0.02, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=3))


@case()
def gathered_gradients():
    return words(optimizers.Adam(0.02, gradient_accumulation_steps=3, global_clipnorm=0.5))


@case()
def scaled_loss():
    model = sequential((5,), L.Dense(4, activation="tanh"), L.Dense(1))
    model.compile(optimizers.SGD(0.05, momentum=0.9, loss_scale_factor=64.0), "mse")
    return model, [table(5)], table(1)


@case()
def rate_by_schedule():
    return words(optimizers.SGD(schedules.CosineDecay(0.05, 12, alpha=0.1, warmup_target=0.1, warmup_steps=5), momentum=0.9))


@case()
def rate_by_pieces():
    return words(optimizers.AdamW(schedules.PiecewiseConstantDecay([4, 9], [0.05, 0.02, 0.005])))


@case()
def rules_of_weights():
    model = sequential(
        (6, 6, 2),
        L.Conv2D(3, 3, kernel_constraint=constraints.MaxNorm(0.6, axis=[0, 1, 2]), bias_constraint=constraints.NonNeg(), activity_regularizer=regularizers.L2(0.01)),
        L.BatchNormalization(gamma_constraint=constraints.MinMaxNorm(0.5, 1.5), beta_regularizer=regularizers.L1(0.01)),
        L.Flatten(),
        L.Dense(4, kernel_constraint=constraints.UnitNorm(), bias_regularizer=regularizers.L1L2(0.01, 0.02)),
        L.Dense(4, kernel_regularizer=regularizers.OrthogonalRegularizer(0.05), activity_regularizer=regularizers.L1(0.01)),
        L.Dense(1),
    )
    model.compile(optimizers.Adam(0.05), losses.LogCosh(), metrics=["mae"])
    return model, [table(6, 6, 2)], table(1)


def classifier(count, loss, optimizer="adam", activation="softmax", **compiled):
    model = sequential((5,), L.Dense(8, activation="tanh"), L.Dense(count, activation=activation))
    model.compile(optimizer, loss, **compiled)
    return model, [table(5)]


@case(class_weight={0: 1.0, 1: 5.0})
def weighted_binary():
    model, inputs = classifier(1, "binary_crossentropy", activation="sigmoid", metrics=["accuracy"], weighted_metrics=["accuracy", metrics.AUC(name="area"), metrics.Precision(name="precise"), "bce"])
    return model, inputs, classes(2)


@case(class_weight={0: 2.0, 2: 0.5})
def weighted_one_hot():
    scores = [metrics.CategoricalAccuracy(name="weighed"), metrics.F1Score(average="macro", name="f"), metrics.CategoricalCrossentropy(name="entropy")]
    model, inputs = classifier(3, losses.CategoricalCrossentropy(label_smoothing=0.1), optimizers.SGD(0.1), weighted_metrics=scores)
    return model, inputs, one_hot(3)


@case(class_weight={1: 3.0})
def weighted_sparse():
    model, inputs = classifier(3, losses.SparseCategoricalCrossentropy(reduction="mean_with_sample_weight"), weighted_metrics=["sparse_categorical_accuracy"])
    return model, inputs, classes(3)


@case(early_stopping={"monitor": "val_loss", "patience": 1, "restore_best_weights": True}, epochs=12)
def stops_early():
    model, inputs = classifier(3, "sparse_categorical_crossentropy", optimizers.Adam(0.05), metrics=["accuracy"])
    return model, inputs, classes(3)


@case(early_stopping={"monitor": "accuracy", "patience": 2, "min_delta": 0.05, "baseline": 0.6, "start_from_epoch": 1}, epochs=12)
def stops_early_by_accuracy():
    model, inputs = classifier(3, "sparse_categorical_crossentropy", optimizers.SGD(0.02), metrics=["accuracy"])
    return model, inputs, classes(3)


@case(reduce_lr_on_plateau={"monitor": "val_loss", "factor": 0.4, "patience": 1, "cooldown": 1, "min_lr": 0.002}, epochs=12)
def slows_down():
    model, inputs = classifier(3, "sparse_categorical_crossentropy", optimizers.Adam(0.05), metrics=["accuracy"])
    return model, inputs, classes(3)


@case(early_stopping={"monitor": "val_accuracy", "mode": "max", "patience": 4, "restore_best_weights": True}, reduce_lr_on_plateau={"monitor": "loss", "patience": 1, "min_delta": 0.02}, epochs=12)
def slows_down_and_stops():
    model, inputs = classifier(2, "sparse_categorical_crossentropy", optimizers.RMSprop(0.05), metrics=["accuracy"])
    return model, inputs, classes(2)


@case()
def hinges():
    model, inputs = classifier(1, "squared_hinge", activation="tanh", metrics=["hinge", "squared_hinge"])
    return model, inputs, classes(2)


@case()
def categorical_hinge():
    model, inputs = classifier(3, "categorical_hinge", activation=None, metrics=["categorical_hinge", metrics.TopKCategoricalAccuracy(k=2)])
    return model, inputs, one_hot(3)


@case()
def focal_binary():
    scores = [metrics.TruePositives(), metrics.FalseNegatives(), metrics.SensitivityAtSpecificity(0.5), metrics.PrecisionAtRecall(0.5), metrics.BinaryIoU(), "binary_crossentropy"]
    model, inputs = classifier(1, losses.BinaryFocalCrossentropy(apply_class_balancing=True), activation="sigmoid", metrics=scores)
    return model, inputs, classes(2)


@case()
def focal_categorical():
    scores = [metrics.F1Score(average="weighted"), metrics.OneHotMeanIoU(3), metrics.AUC(multi_label=True, num_labels=3), metrics.Recall(top_k=1)]
    model, inputs = classifier(3, losses.CategoricalFocalCrossentropy(gamma=1.5), metrics=scores)
    return model, inputs, one_hot(3)


@case()
def divergence():
    model, inputs = classifier(3, "kl_divergence", metrics=["kl_divergence", "categorical_crossentropy", metrics.CosineSimilarity()])
    return model, inputs, one_hot(3)


@case()
def counts():
    model, inputs = classifier(2, "poisson", activation="softplus", metrics=["poisson", "msle", "mape", "r2_score"])
    return model, inputs, np.abs(table(2)) + 0.1


@case()
def directions():
    model, inputs = classifier(3, losses.CosineSimilarity(), activation=None, metrics=[metrics.PearsonCorrelation(), metrics.LogCoshError(), metrics.RootMeanSquaredError()])
    return model, inputs, table(3)


@case()
def overlap():
    model = sequential((6, 6, 1), L.Conv2D(3, 3, padding="same", activation="relu"), L.Conv2D(1, 1, activation="sigmoid"))
    model.compile(optimizers.Adam(0.02), losses.Dice(axis=(1, 2, 3)), metrics=[metrics.BinaryAccuracy(), metrics.BinaryIoU(target_class_ids=[1])])
    return model, [table(6, 6, 1)], RNG.integers(0, 2, size=(ROWS, 6, 6, 1)).astype("float32")


@case()
def tversky_sum():
    model, inputs = classifier(2, losses.Tversky(alpha=0.3, beta=0.7, reduction="sum", axis=(1,)), optimizers.SGD(0.01), activation="sigmoid")
    return model, inputs, RNG.integers(0, 2, size=(ROWS, 2)).astype("float32")


@case()
def ignored_class():
    model = sequential((4, 3), L.Dense(5, activation="tanh"), L.Dense(3, activation="softmax"))
    model.compile("adam", losses.SparseCategoricalCrossentropy(ignore_class=1), metrics=[metrics.SparseTopKCategoricalAccuracy(k=2), metrics.MeanIoU(3, sparse_y_pred=False)])
    return model, [table(4, 3)], RNG.integers(0, 3, size=(ROWS, 4)).astype("float32")


@case()
def generalized_entropy():
    model, inputs = classifier(3, losses.CategoricalGeneralizedCrossEntropy(0.4), metrics=["accuracy"])
    return model, inputs, classes(3)[:, 0]


@case()
def two_sums():
    """A sum over rows of vectors sums what each vector's mean is."""
    model, inputs = classifier(2, losses.MeanSquaredError(reduction="sum"), optimizers.SGD(0.005), activation=None)
    return model, inputs, table(2)
