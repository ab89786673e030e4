"""Writes the numbers that test/keras/keras-numbers.test.ts holds losses, metrics, optimizers and the rest against.

Usage: keras_numbers.py FILE   (test/keras/keras-numbers.json is committed, so that machines without Keras test too)
"""

import json
import os
import sys
import warnings

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
warnings.simplefilter("ignore")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from keras import constraints, losses, metrics, optimizers, regularizers  # noqa: E402

RNG = np.random.default_rng(11)
ROWS = 6


def listed(value):
    """Plain numbers of at most seven digits, which is what float32 holds."""
    if isinstance(value, (list, tuple)):
        return [listed(part) for part in value]
    array = np.asarray(value, dtype="float64")
    return np.vectorize(lambda number: float(f"{number:.8g}"))(array).tolist() if array.size else array.tolist()


def normal(*shape):
    return RNG.normal(size=shape).astype("float32")


def shares(*shape):
    values = np.exp(normal(*shape))
    return (values / values.sum(-1, keepdims=True)).astype("float32")


def one_hot(rows, count):
    return np.eye(count, dtype="float32")[RNG.integers(0, count, rows)]


def binary(*shape):
    return RNG.integers(0, 2, shape).astype("float32")


def chance(*shape):
    return RNG.uniform(0.02, 0.98, shape).astype("float32")


def loss_cases():
    numbers = (normal(ROWS, 3), normal(ROWS, 3))
    positive = (np.abs(normal(ROWS, 3)), np.abs(normal(ROWS, 3)))
    yes_no = (binary(ROWS, 2), chance(ROWS, 2))
    scores = (binary(ROWS, 2), normal(ROWS, 2))
    one_of = (one_hot(ROWS, 4), shares(ROWS, 4))
    sparse = (RNG.integers(0, 4, (ROWS,)).astype("float32"), shares(ROWS, 4))
    steps = (RNG.integers(0, 4, (ROWS, 5)).astype("float32"), shares(ROWS, 5, 4))
    step_numbers = (normal(ROWS, 5, 2), normal(ROWS, 5, 2))
    return [
        (losses.MeanSquaredError(), numbers),
        (losses.MeanSquaredError(reduction="sum"), numbers),
        (losses.MeanSquaredError(reduction="mean_with_sample_weight"), numbers),
        (losses.MeanSquaredError(), step_numbers),
        (losses.MeanAbsoluteError(), numbers),
        (losses.MeanAbsolutePercentageError(), numbers),
        (losses.MeanSquaredLogarithmicError(), positive),
        (losses.CosineSimilarity(), numbers),
        (losses.LogCosh(), numbers),
        (losses.Huber(), numbers),
        (losses.Poisson(), positive),
        (losses.KLDivergence(), one_of),
        (losses.KLDivergence(), (shares(ROWS, 4), shares(ROWS, 4))),
        (losses.Hinge(), (binary(ROWS, 2) * 2 - 1, normal(ROWS, 2))),
        (losses.Hinge(), scores),
        (losses.SquaredHinge(), scores),
        (losses.CategoricalHinge(), (one_hot(ROWS, 4), normal(ROWS, 4))),
        (losses.BinaryCrossentropy(), yes_no),
        (losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.2), scores),
        (losses.BinaryCrossentropy(axis=0, reduction="sum"), yes_no),
        (losses.BinaryFocalCrossentropy(), yes_no),
        (losses.BinaryFocalCrossentropy(apply_class_balancing=True, alpha=0.4, gamma=1.5, label_smoothing=0.1), yes_no),
        (losses.BinaryFocalCrossentropy(from_logits=True), scores),
        (losses.CategoricalCrossentropy(), one_of),
        (losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), (one_hot(ROWS, 4), normal(ROWS, 4))),
        (losses.CategoricalFocalCrossentropy(), one_of),
        (losses.CategoricalFocalCrossentropy(alpha=0.5, gamma=3.0, label_smoothing=0.1, from_logits=True), (one_hot(ROWS, 4), normal(ROWS, 4))),
        (losses.SparseCategoricalCrossentropy(), sparse),
        (losses.SparseCategoricalCrossentropy(), steps),
        (losses.SparseCategoricalCrossentropy(ignore_class=2), steps),
        (losses.SparseCategoricalCrossentropy(ignore_class=0, from_logits=True, reduction="sum"), sparse),
        (losses.CategoricalGeneralizedCrossEntropy(0.3), sparse),
        (losses.Dice(), yes_no),
        (losses.Dice(axis=(1,)), yes_no),
        (losses.Tversky(alpha=0.3, beta=0.7), yes_no),
        (losses.Tversky(axis=(1,)), yes_no),
    ]


def make_losses():
    made = []
    for loss, (target, prediction) in loss_cases():
        shape = np.shape(loss.call(target, prediction))
        rank = len(shape)
        weights = {"none": None}
        if shape == (ROWS,):
            weights["rows"] = RNG.uniform(0.5, 2, (ROWS,)).astype("float32")
        mask = RNG.integers(0, 2, (ROWS, 5)).astype(bool) if rank == 2 else None
        for name, weight in weights.items():
            with tf.GradientTape() as tape:
                given = tf.constant(prediction)
                tape.watch(given)
                seen = tf.identity(given)
                if mask is not None:
                    keras.src.backend.set_keras_mask(seen, tf.constant(mask))
                value = loss(target, seen, sample_weight=weight)
            serialized = keras.saving.serialize_keras_object(loss)
            made.append({
                "name": serialized["class_name"],
                "config": serialized["config"],
                "weighted": name,
                "target": {"shape": list(np.shape(target)), "values": listed(np.ravel(target))},
                "prediction": {"shape": list(np.shape(prediction)), "values": listed(np.ravel(prediction))},
                "weights": None if weight is None else listed(weight),
                "mask": None if mask is None else {"shape": list(mask.shape), "values": listed(mask.ravel())},
                "loss": listed(value),
                "gradient": listed(np.ravel(tape.gradient(value, given))),
            })
    return made


def batches(make):
    return [make(), make(), make()]


def metric_cases():
    numbers = batches(lambda: (normal(ROWS, 3), normal(ROWS, 3)))
    positive = batches(lambda: (np.abs(normal(ROWS, 3)), np.abs(normal(ROWS, 3))))
    yes_no = batches(lambda: (binary(ROWS, 1), chance(ROWS, 1)))
    labels = batches(lambda: (binary(ROWS, 3), chance(ROWS, 3)))
    one_of = batches(lambda: (one_hot(ROWS, 4), shares(ROWS, 4)))
    sparse = batches(lambda: (RNG.integers(0, 4, (ROWS,)).astype("float32"), shares(ROWS, 4)))
    margins = batches(lambda: (binary(ROWS, 2), normal(ROWS, 2)))
    ids = batches(lambda: (RNG.integers(0, 3, (ROWS, 1)).astype("float32"), RNG.integers(0, 3, (ROWS, 1)).astype("float32")))
    return [
        (metrics.Accuracy(), ids),
        (metrics.BinaryAccuracy(threshold=0.4), labels),
        (metrics.CategoricalAccuracy(), one_of),
        (metrics.SparseCategoricalAccuracy(), sparse),
        (metrics.TopKCategoricalAccuracy(k=2), one_of),
        (metrics.SparseTopKCategoricalAccuracy(k=2), sparse),
        (metrics.MeanSquaredError(), numbers),
        (metrics.MeanAbsoluteError(), numbers),
        (metrics.RootMeanSquaredError(), numbers),
        (metrics.MeanAbsolutePercentageError(), numbers),
        (metrics.MeanSquaredLogarithmicError(), positive),
        (metrics.LogCoshError(), numbers),
        (metrics.Poisson(), positive),
        (metrics.R2Score(), numbers),
        (metrics.R2Score(class_aggregation="variance_weighted_average", num_regressors=2), numbers),
        (metrics.CosineSimilarity(), numbers),
        (metrics.PearsonCorrelation(), numbers),
        (metrics.ConcordanceCorrelation(), numbers),
        (metrics.Hinge(), margins),
        (metrics.SquaredHinge(), margins),
        (metrics.CategoricalHinge(), one_of),
        (metrics.BinaryCrossentropy(label_smoothing=0.1), labels),
        (metrics.BinaryCrossentropy(from_logits=True), margins),
        (metrics.CategoricalCrossentropy(label_smoothing=0.1), one_of),
        (metrics.CategoricalCrossentropy(from_logits=True), one_of),
        (metrics.SparseCategoricalCrossentropy(), sparse),
        (metrics.SparseCategoricalCrossentropy(ignore_class=1), sparse),
        (metrics.KLDivergence(), one_of),
        (metrics.AUC(), yes_no),
        (metrics.AUC(curve="PR", num_thresholds=20), yes_no),
        (metrics.AUC(curve="PRGAIN", summation_method="minoring"), yes_no),
        (metrics.AUC(thresholds=[0.1, 0.35, 0.8], summation_method="majoring"), yes_no),
        (metrics.AUC(multi_label=True, num_labels=3), labels),
        (metrics.AUC(from_logits=True), margins),
        (metrics.Precision(), labels),
        (metrics.Precision(thresholds=0.3, class_id=1), labels),
        (metrics.Precision(top_k=2), one_of),
        (metrics.Recall(top_k=1), one_of),
        (metrics.Recall(thresholds=[0.7]), labels),
        (metrics.TruePositives(), labels),
        (metrics.TrueNegatives(thresholds=0.2), labels),
        (metrics.FalsePositives(), labels),
        (metrics.FalseNegatives(), labels),
        (metrics.SensitivityAtSpecificity(0.5), yes_no),
        (metrics.SpecificityAtSensitivity(0.6, num_thresholds=20), yes_no),
        (metrics.PrecisionAtRecall(0.5), yes_no),
        (metrics.RecallAtPrecision(0.6, num_thresholds=50), yes_no),
        (metrics.F1Score(average="macro"), one_of),
        (metrics.F1Score(average="micro", threshold=0.4), labels),
        (metrics.FBetaScore(average="weighted", beta=2.0), one_of),
        (metrics.IoU(3, [0, 2]), ids),
        (metrics.MeanIoU(3), ids),
        (metrics.MeanIoU(4, sparse_y_pred=False, ignore_class=0), sparse),
        (metrics.OneHotIoU(4, [1, 3]), one_of),
        (metrics.OneHotMeanIoU(4), one_of),
        (metrics.BinaryIoU(threshold=0.4), yes_no),
    ]


def make_metrics():
    made = []
    for metric, all_batches in metric_cases():
        for weighted in (False, True):
            # F-scores weigh rows of vectors; IoU's matrix is of integers
            whole = "io_u" in metric.name
            weights = [RNG.integers(1, 4, ROWS).astype("float32") if whole else RNG.uniform(0.5, 2, ROWS).astype("float32") for _ in all_batches]
            metric.reset_state()
            for (target, prediction), weight in zip(all_batches, weights):
                metric.update_state(target, prediction, sample_weight=weight if weighted else None)
            serialized = keras.saving.serialize_keras_object(metric)
            made.append({
                "name": serialized["class_name"],
                "config": serialized["config"],
                "weighted": "rows" if weighted else "none",
                "targetShape": list(np.shape(all_batches[0][0])[1:]),
                "outputShape": list(np.shape(all_batches[0][1])[1:]),
                "batches": [
                    {"target": listed(np.ravel(target)), "prediction": listed(np.ravel(prediction)), "weights": listed(weight) if weighted else None}
                    for (target, prediction), weight in zip(all_batches, weights)
                ],
                "result": listed(metric.result()),
            })
    return made


def optimizer_cases():
    schedule = optimizers.schedules
    return [
        optimizers.SGD(0.1),
        optimizers.SGD(0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
        optimizers.RMSprop(0.05, momentum=0.3, centered=True),
        optimizers.Adam(0.05, amsgrad=True),
        optimizers.AdamW(0.05),
        optimizers.Adadelta(0.5),
        optimizers.Adagrad(0.1),
        optimizers.Adamax(0.05),
        optimizers.Nadam(0.05),
        optimizers.Ftrl(0.1),
        optimizers.Ftrl(0.1, learning_rate_power=-0.4, l1_regularization_strength=0.01, l2_regularization_strength=0.02, l2_shrinkage_regularization_strength=0.03, beta=0.1),
        optimizers.Lion(0.05, weight_decay=0.02),
        optimizers.Adafactor(0.1),
        optimizers.Adafactor(0.1, relative_step=False, clip_threshold=0.5, beta_2_decay=-0.6),
        optimizers.Lamb(0.05),
        optimizers.Muon(0.05),
        optimizers.Muon(0.05, exclude_layers=["wide"], nesterov=False, rms_rate=None, weight_decay=None, adam_lr_ratio=0.5),
        optimizers.ScheduleFreeAdamW(0.05, warmup_steps=3, weight_decay=0.01),
        optimizers.Adam(0.05, use_ema=True, ema_momentum=0.8),
        optimizers.Adam(0.05, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=2),
        optimizers.Adam(0.05, gradient_accumulation_steps=2, clipnorm=0.7),
        optimizers.RMSprop(0.05, gradient_accumulation_steps=3, use_ema=True, weight_decay=0.1),
        optimizers.SGD(0.1, loss_scale_factor=8.0, momentum=0.5),
        optimizers.SGD(schedule.ExponentialDecay(0.2, 2, 0.7), momentum=0.5),
        optimizers.Adam(schedule.CosineDecay(0.05, 4, warmup_target=0.1, warmup_steps=2)),
        optimizers.Adafactor(schedule.PolynomialDecay(0.1, 4)),
    ]


def make_optimizers():
    made = []
    for optimizer in optimizer_cases():
        initial = {"wide/kernel": normal(4, 3), "narrow/bias": normal(3), "embedding/embeddings": normal(5, 2), "square/kernel": normal(3, 3)}
        variables = [keras.Variable(value, name=path.replace("/", "_")) for path, value in initial.items()]
        for path, variable in zip(initial, variables):
            variable._path = path
        optimizer.build(variables)
        steps = []
        for _ in range(5):
            rows, indices = normal(4, 2), RNG.integers(0, 5, 4)
            dense = {path: normal(*value.shape) for path, value in initial.items() if path != "embedding/embeddings"}
            scale = optimizer.loss_scale_factor or 1
            gradients = [
                tf.IndexedSlices(tf.constant(rows * scale), tf.constant(indices), tf.constant([5, 2], dtype="int64")) if path == "embedding/embeddings" else tf.constant(dense[path] * scale)
                for path in initial
            ]
            if optimizer.loss_scale_factor:  # keras.ops divides no IndexedSlices
                gradients[2] = tf.convert_to_tensor(gradients[2])
            optimizer.apply(gradients, variables)
            steps.append({
                "gradients": {path: listed(np.ravel(value)) for path, value in dense.items()},
                "rows": listed(np.ravel(rows)),
                "indices": listed(indices),
                "merged": optimizer.loss_scale_factor is not None,
                "weights": {path: listed(np.ravel(variable.numpy())) for path, variable in zip(initial, variables)},
            })
        state = [listed(np.ravel(variable.numpy())) for variable in optimizer.variables]
        optimizer.finalize_variable_values(variables)
        serialized = keras.saving.serialize_keras_object(optimizer)
        made.append({
            "name": serialized["class_name"],
            "config": serialized["config"],
            "initial": {path: {"shape": list(value.shape), "values": listed(np.ravel(value))} for path, value in initial.items()},
            "steps": steps,
            "state": state,
            "final": {path: listed(np.ravel(variable.numpy())) for path, variable in zip(initial, variables)},
        })
    return made


def make_schedules():
    schedule = optimizers.schedules
    cases = [
        schedule.ExponentialDecay(0.1, 10, 0.9),
        schedule.ExponentialDecay(0.1, 10, 0.9, staircase=True),
        schedule.PiecewiseConstantDecay([5, 12], [0.1, 0.05, 0.01]),
        schedule.PolynomialDecay(0.1, 15, end_learning_rate=0.01, power=2.0),
        schedule.PolynomialDecay(0.1, 7, cycle=True),
        schedule.InverseTimeDecay(0.1, 4, 0.5),
        schedule.InverseTimeDecay(0.1, 4, 0.5, staircase=True),
        schedule.CosineDecay(0.1, 20, alpha=0.1),
        schedule.CosineDecay(0.0, 20, warmup_target=0.1, warmup_steps=5),
        schedule.CosineDecayRestarts(0.1, 5),
        schedule.CosineDecayRestarts(0.1, 5, t_mul=1.0, m_mul=0.8, alpha=0.05),
    ]
    serialize = keras.saving.serialize_keras_object
    return [
        {
            "name": type(case).__name__,
            "schedule": serialize(case),
            "rates": [listed(case(tf.constant(step, dtype="int64"))) for step in range(30)],
        }
        for case in cases
    ]


def make_weight_rules():
    square, tall = normal(3, 3), normal(4, 3)
    window = normal(2, 2, 3, 4)
    constrained = [
        (constraints.MaxNorm(0.8), tall),
        (constraints.MaxNorm(0.5, axis=[0, 1, 2]), window),
        (constraints.NonNeg(), tall),
        (constraints.UnitNorm(axis=1), tall),
        (constraints.MinMaxNorm(0.4, 0.9, rate=0.6), tall),
    ]
    penalized = [
        (regularizers.L1(0.02), tall),
        (regularizers.L2(0.03), tall),
        (regularizers.L1L2(0.01, 0.02), tall),
        (regularizers.OrthogonalRegularizer(0.05), square),
        (regularizers.OrthogonalRegularizer(0.05, mode="columns"), tall),
    ]
    serialize = keras.saving.serialize_keras_object
    weight = lambda value: {"shape": list(value.shape), "values": listed(np.ravel(value))}  # noqa: E731
    return {
        "constraints": [{"name": type(rule).__name__, "rule": serialize(rule), "weight": weight(value), "result": listed(np.ravel(rule(tf.constant(value))))} for rule, value in constrained],
        "regularizers": [{"name": type(rule).__name__, "rule": serialize(rule), "weight": weight(value), "result": listed(rule(tf.constant(value)))} for rule, value in penalized],
    }


with open(sys.argv[1], "w") as file:
    numbers = {
        "keras": keras.__version__,
        "losses": make_losses(),
        "metrics": make_metrics(),
        "optimizers": make_optimizers(),
        "schedules": make_schedules(),
        **make_weight_rules(),
    }
    json.dump(numbers, file)
    file.write("\n")
