"""Cases of the layers, losses, metrics and optimizers that most models are made of. See keras_cases.py."""

import keras
import numpy as np
from keras import layers as L
from keras import losses, metrics, optimizers, regularizers

from keras_cases import RNG, ROWS, case, classes, sequential, table


@case()
def regression_mlp():
    model = sequential((5,), L.Dense(16, activation="tanh"), L.Dense(2))
    model.compile(optimizers.SGD(0.05, momentum=0.9, nesterov=True), "mse", metrics=["mae", "mse"])
    return model, [table(5)], table(2)


@case()
def binary_adamw():
    model = sequential((6,), L.Dense(8, activation="relu"), L.Dense(1, activation="sigmoid"))
    model.compile(
        optimizers.AdamW(0.01, weight_decay=0.05),
        losses.BinaryCrossentropy(label_smoothing=0.1),
        metrics=["accuracy", metrics.AUC(), metrics.Precision(), metrics.Recall(name="found")],
    )
    return model, [table(6)], classes(2)


@case()
def binary_from_logits():
    model = sequential((4,), L.Dense(1))
    model.compile("adagrad", losses.BinaryCrossentropy(from_logits=True), metrics=[metrics.BinaryAccuracy(threshold=0.0), metrics.AUC(from_logits=True, curve="PR")])
    return model, [table(4)], classes(2)


@case()
def binary_from_probabilities():
    model = sequential((4,), L.Dense(1, activation="hard_sigmoid"))
    model.compile("rmsprop", "bce", metrics=["acc", metrics.AUC(summation_method="majoring", num_thresholds=50)])
    return model, [table(4)], classes(2)


@case()
def binary_scores_of_zero():
    """Rows of zeros, and no bias yet: the gradient right at 0 counts."""
    rows = table(4)
    rows[::3] = 0
    model = sequential((4,), L.Dense(3, activation="relu"), L.Dense(1, activation="sigmoid"))
    model.compile(optimizers.SGD(0.5), "binary_crossentropy", metrics=["accuracy"])
    return model, [rows], classes(2)


@case()
def cnn_batch_norm():
    model = sequential(
        (8, 9, 2),
        L.Rescaling(0.5, offset=0.1),
        L.Conv2D(4, 3, padding="same", strides=2),
        L.BatchNormalization(momentum=0.8),
        L.ReLU(max_value=2.0, negative_slope=0.1, threshold=0.05),
        L.MaxPooling2D(2, padding="same"),
        L.Conv2D(3, (2, 1), activation="elu", use_bias=False),
        L.AveragePooling2D((1, 2), padding="same", strides=1),
        L.Flatten(),
        L.Dense(3, activation="softmax"),
    )
    model.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, [table(8, 9, 2)], classes(3)


@case()
def conv1d_dilated():
    model = sequential(
        (12, 3),
        L.Conv1D(5, 3, dilation_rate=2, padding="causal", activation="gelu"),
        L.Conv1D(4, 3, dilation_rate=3, padding="same", activation="silu"),
        L.MaxPooling1D(3, strides=2, padding="same"),
        L.LayerNormalization(),
        L.AveragePooling1D(2),
        L.GlobalMaxPooling1D(),
        L.Dense(2, activation="softmax"),
    )
    model.compile(optimizers.RMSprop(0.01, centered=True, momentum=0.5), "categorical_crossentropy", metrics=["accuracy", "categorical_accuracy"])
    return model, [table(12, 3)], np.eye(2, dtype="float32")[classes(2)[:, 0].astype(int)]


@case()
def conv2d_valid_strides():
    model = sequential((9, 9, 1), L.Conv2D(3, 4, strides=3), L.PReLU(shared_axes=[1, 2]), L.Conv2D(2, 2, dilation_rate=1), L.GlobalAveragePooling2D(), L.Dense(1))
    model.compile(optimizers.Adam(0.01, amsgrad=True), losses.Huber(delta=0.5), metrics=[metrics.RootMeanSquaredError()])
    return model, [table(9, 9, 1)], table(1)


@case()
def embedding_adam():
    model = sequential((6,), L.Embedding(11, 4), L.GlobalAveragePooling1D(), L.Dense(3))
    model.compile(optimizers.Adam(0.02), losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["sparse_categorical_accuracy"])
    return model, [RNG.integers(0, 11, size=(ROWS, 6)).astype("float32")], classes(3)


@case()
def embedding_clipped():
    model = sequential((5,), L.Embedding(7, 3, embeddings_regularizer="l2"), L.Flatten(), L.Dense(1))
    model.compile(optimizers.RMSprop(0.01, clipnorm=0.05), "mae")
    return model, [RNG.integers(0, 7, size=(ROWS, 5)).astype("float32")], table(1)


def embedding(optimizer):
    model = sequential((6,), L.Embedding(5, 3), L.Flatten(), L.Dense(1))
    model.compile(optimizer, "mse")
    return model, [RNG.integers(0, 5, size=(ROWS, 6)).astype("float32")], table(1)


@case()
def embedding_clipnorm():
    return embedding(optimizers.RMSprop(0.01, clipnorm=0.1))


@case()
def embedding_global_clipnorm():
    return embedding(optimizers.Adam(0.02, global_clipnorm=0.5))


@case()
def embedding_clipvalue():
    return embedding(optimizers.Adagrad(0.1, clipvalue=0.02))


@case()
def functional_branches():
    first, second = keras.Input((4,), name="first"), keras.Input((3,), name="second")
    shared = L.Dense(5, activation="selu", kernel_regularizer=regularizers.L1L2(0.01, 0.02))
    normal = L.Normalization(mean=[0.1, 0.2, 0.3], variance=[1.0, 2.0, 0.5])
    wide = L.Dense(4)(normal(second))
    left, right = shared(first), shared(wide)
    merged = [L.Add()([left, right]), L.Multiply()([left, right]), L.Average()([left, right]), L.Maximum()([left, right]), L.Minimum()([left, right]), L.Subtract()([left, right]), L.Average()([left]), L.Concatenate()([right])]
    joined = L.Concatenate()(merged)
    joined = L.LeakyReLU(negative_slope=0.2)(L.Reshape((8, 5))(joined))
    joined = L.ELU(alpha=0.7)(L.LayerNormalization(axis=[1, 2])(joined))
    output = L.Dense(1, activation="sigmoid", name="answer")(L.Flatten()(joined))
    model = keras.Model([first, second], output)
    model.compile(optimizers.SGD(0.05, global_clipnorm=0.3, weight_decay=0.01), {"answer": "binary_crossentropy"}, metrics={"answer": ["accuracy"]})
    return model, [table(4), table(3)], classes(2)


@case()
def functional_dropout():
    """Keras writes down the `training` that each call was built with, and passes it over."""
    start = keras.Input((4,))
    hidden = L.Dropout(0.0)(L.Dense(6, activation="relu")(start))
    hidden = L.BatchNormalization()(hidden, training=False)
    model = keras.Model(start, L.Dense(1)(hidden))
    model.compile(optimizers.SGD(0.1), "mse")
    return model, [table(4)], table(1)


@case()
def adapted_frozen():
    data = table(4) * 3 + 1
    normal = L.Normalization()
    normal.adapt(data)
    frozen = L.BatchNormalization()
    frozen.trainable = False
    head = L.Dense(6, activation="softplus", trainable=False)
    model = sequential((4,), normal, head, frozen, L.BatchNormalization(scale=False), L.Dense(3), L.Softmax())
    model.compile(optimizers.Adagrad(0.1), losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    return model, [data], classes(3)


@case()
def softmax_then_identity():
    """No logits to take: the last step is no softmax."""
    model = sequential((4,), L.Dense(3, activation="softmax"), L.Reshape((3,)))
    model.compile(optimizers.Adam(0.05, clipvalue=0.01), losses.CategoricalCrossentropy(label_smoothing=0.2), metrics=["accuracy"])
    return model, [table(4)], np.eye(3, dtype="float32")[classes(3)[:, 0].astype(int)]


@case()
def sparse_probabilities():
    model = sequential((4,), L.Dense(3, activation="softplus"))
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, [table(4)], classes(3)


@case()
def sigmoid_under_categorical():
    """Keras takes the sigmoid's logits as if they were a softmax's."""
    model = sequential((4,), L.Dense(3, activation="sigmoid"))
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model, [table(4)], np.eye(3, dtype="float32")[classes(3)[:, 0].astype(int)]


@case(steps_per_epoch=3, validation_steps=1)
def steps_per_epoch():
    model = sequential((5,), L.Dense(4, activation="relu"), L.Dense(1))
    model.compile(optimizers.SGD(0.1), "mse", metrics=["mae"])
    return model, [table(5)], table(1)


@case()
def dictionary_of_one():
    start = keras.Input((4,), name="row")
    model = keras.Model({"row": start}, {"answer": L.Dense(1, name="answer")(start)})
    model.compile("adam", {"answer": "mse"}, metrics={"answer": ["mae"]})
    return model, [table(4)], table(1)


def trained_before(optimizer):
    """A base model with a past: Keras goes on with its optimizer's steps and slots."""
    model = sequential((4,), L.Dense(6, activation="tanh"), L.Dense(3, trainable=False), L.BatchNormalization(), L.Dense(1))
    model.compile(optimizer, "mse")
    model.fit(table(4), table(1), epochs=2, verbose=0)
    return model, [table(4)], table(1)


@case()
def goes_on_amsgrad():
    return trained_before(optimizers.Adam(0.02, amsgrad=True))


@case()
def goes_on_rmsprop():
    return trained_before(optimizers.RMSprop(0.02, centered=True, momentum=0.5))


@case()
def goes_on_momentum():
    return trained_before(optimizers.SGD(0.02, momentum=0.9))


@case()
def every_activation():
    names = """relu relu6 leaky_relu celu softsign squareplus soft_shrink sparse_plus silu swish gelu tanh_shrink
        sparse_sigmoid exponential hard_silu hard_swish hard_tanh hard_shrink linear mish log_softmax log_sigmoid softmax
        elu selu tanh sigmoid hard_sigmoid softplus"""
    start = keras.Input((4,))
    branches = [L.Activation(name)(L.Dense(3, activation="tanh")(start)) for name in names.split()]
    model = keras.Model(start, L.Dense(2)(L.Concatenate()(branches)))
    model.compile(optimizers.SGD(0.005), "mse")
    return model, [table(4)], table(2)
