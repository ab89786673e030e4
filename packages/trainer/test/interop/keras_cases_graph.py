"""Cases of the graph itself: several inputs and outputs, nested and shared models, masks. See keras_cases.py."""

import keras
import numpy as np
from keras import layers as L
from keras import losses, metrics, ops, optimizers
from keras.src.applications.convnext import LayerScale

from keras_cases import RNG, case, classes, sequential, table, trained


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


def words(length, count=9):
    return RNG.integers(0, count, size=(70, length)).astype("float32")


@case()
def nested_models():
    """A Sequential and a Functional model as layers, the second called twice, one of its layers frozen."""
    tower_in = keras.Input((4,))
    tower = keras.Model(tower_in, L.Dense(3)(L.BatchNormalization()(L.Dense(5, activation="tanh", trainable=False)(tower_in))))
    front = keras.Sequential([keras.Input((6,)), L.Dense(4, activation="relu"), L.Dropout(0.0), L.Dense(4)])
    first, second = keras.Input((6,)), keras.Input((4,))
    left, right = tower(front(first)), tower(second)
    model = keras.Model([first, second], L.Dense(1)(L.Concatenate()([left, right])))
    model.compile(optimizers.Adam(0.01), "mse")
    return model, [table(6), table(4)], table(1)


@case()
def nested_deep():
    inner = keras.Sequential([keras.Input((4,)), L.Dense(4, activation="tanh"), L.Dense(3)])
    middle_in = keras.Input((4,))
    middle = keras.Model(middle_in, [inner(middle_in), L.Dense(2, activation="softmax")(middle_in)])
    start = keras.Input((4,))
    value, kind = middle(L.Dense(4)(start))
    model = keras.Model(start, [L.Dense(1, name="value")(value), kind])
    model.compile(optimizers.RMSprop(0.01), ["mse", "sparse_categorical_crossentropy"])
    return model, [table(4)], [table(1), classes(2)]


@case()
def nested_in_sequential():
    encoder = keras.Sequential([keras.Input((4,)), L.Dense(5, activation="relu"), L.Dense(3)])
    encoder.trainable = False
    inner_in = keras.Input((3,))
    decoder = keras.Model(inner_in, L.Dense(2, activation="softmax")(L.LayerNormalization()(inner_in)))
    model = sequential((4,), encoder, decoder)
    model.compile(optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, [table(4)], classes(2)


@case()
def shared_layer_thrice():
    start = keras.Input((4,))
    shared = L.Dense(4, activation="tanh")
    model = keras.Model(start, L.Dense(1)(shared(shared(shared(start)))))
    model.compile(optimizers.Adam(0.01), "mse")
    return model, [table(4)], table(1)


@case()
def mask_through_layers():
    """The mask of an embedding goes through layers that hand it on, and the mean leaves padding out."""
    start = keras.Input((7,))
    steps = L.Embedding(9, 4, mask_zero=True)(start)
    steps = L.BatchNormalization()(L.Dense(5, activation="tanh")(steps))
    joined = L.Concatenate()([steps, L.Dense(2)(steps)])
    model = keras.Model(start, L.Dense(1)(L.GlobalAveragePooling1D()(L.Dropout(0.0)(joined))))
    model.compile(optimizers.SGD(0.1), "mse")
    return model, [words(7)], table(1)


@case()
def mask_of_merged():
    start = keras.Input((6, 3))
    left, right = L.Masking()(start), L.Masking(mask_value=1.0)(start)
    merged = L.Average()([L.Add()([left, right]), L.Dense(3)(left)])
    model = keras.Model(start, L.Dense(1)(L.GlobalAveragePooling1D()(merged)))
    model.compile(optimizers.SGD(0.1), "mse")
    data = table(6, 3)
    data[::3, 2:4] = 0
    data[1::3, 4:] = 1
    return model, [data], table(1)


@case()
def operations_on_numbers():
    """Python's operators and `keras.ops` between layers, numbers on either side."""
    start = keras.Input((6,))
    x, y = L.Dense(4, activation="tanh")(start), L.Dense(4)(start)
    parts = [
        x + y, x - 1, 2 - x, 2 * x * y, x / 4, 3 / (y + 20), -x, abs(y), x**2, 1.5**x, ops.exp(x), ops.log(y + 20), ops.sqrt(x + 2),
        ops.rsqrt(x + 2), ops.square(y), ops.sin(x), ops.cos(y), ops.tanh(y), ops.log1p(x + 1), ops.expm1(x),
        ops.maximum(x, y), ops.minimum(x, 0.1), ops.clip(y, -0.5, 0.5), ops.where(x > y, x, 0.5), ops.where(ops.logical_not(x <= 0), x, y),
        ops.cast(y > 0, "float32"), ops.sign(y) * x, ops.floor(y) + x, ops.ceil(y), ops.cast(y * 2, "int32") * x, ops.ones_like(x) + ops.zeros_like(y),
    ]
    model = keras.Model(start, L.Dense(2)(ops.concatenate(parts, axis=-1)))
    return trained(model, [table(6)])


@case()
def operations_that_activate():
    start = keras.Input((6,))
    x = L.Dense(5)(start)
    parts = [
        ops.relu(x), ops.relu6(x), ops.elu(x, 0.7), ops.selu(x), ops.gelu(x), ops.gelu(x, approximate=False), ops.silu(x),
        ops.leaky_relu(x, 0.1), ops.sigmoid(x), ops.log_sigmoid(x), ops.hard_sigmoid(x), ops.hard_silu(x), ops.softplus(x),
        ops.softsign(x), ops.softmax(x), ops.log_softmax(x),
    ]
    model = keras.Model(start, ops.softmax(L.Dense(3)(L.Concatenate()(parts))))
    model.compile(optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, [table(6)], classes(3)


@case()
def operations_along_axes():
    start = keras.Input((4, 6))
    x = L.Dense(6, activation="tanh")(start)
    flat = [
        ops.mean(x, axis=1), ops.sum(x, axis=-1), ops.max(x, axis=1), ops.min(x, axis=2),
        ops.var(x, axis=1), ops.std(x, axis=2), ops.logsumexp(x, axis=1), ops.mean(x, axis=[1, 2], keepdims=True)[:, 0],
        ops.cast(ops.any(x > 0.9, axis=1), "float32"), ops.cast(ops.all(x > -0.9, axis=2), "float32"),
    ]
    return trained(keras.Model(start, L.Dense(2)(ops.concatenate(flat, axis=1))), [table(4, 6)])


@case()
def operations_that_arrange():
    start = keras.Input((4, 6))
    x, y = L.Dense(6, activation="tanh")(start), L.Dense(6)(start)
    flat = [
        x[:, 0], x[:, 1:3, ::2], x[..., -1], y[:, -2:], ops.reshape(x, (-1, 24)), ops.transpose(x, (0, 2, 1)), ops.swapaxes(y, 1, 2),
        ops.stack([x, y], axis=1), ops.concatenate([x, y], axis=-1), ops.flip(y, axis=1), ops.squeeze(ops.expand_dims(x, 1), 1),
        ops.matmul(x, ops.transpose(y, (0, 2, 1))), x @ ops.swapaxes(x, -1, -2), ops.softmax(y, axis=1),
    ]
    return trained(keras.Model(start, L.Dense(2)(L.Concatenate()([L.Flatten()(part) for part in flat]))), [table(4, 6)])


@case()
def block_of_convnext():
    start = keras.Input((6, 6, 4))
    x = L.DepthwiseConv2D(3, padding="same")(start)
    x = L.Conv2D(4, 1)(L.Activation("gelu")(L.Conv2D(8, 1)(L.LayerNormalization(epsilon=1e-6)(x))))
    x = LayerScale(0.3, 4)(x) + start
    return trained(keras.Model(start, L.Dense(2)(L.GlobalAveragePooling2D()(x))), [table(6, 6, 4)])


@case()
def open_axes():
    """Inputs whose length only the data says, through layers, a nested model, and recurrence."""
    ids, steps = keras.Input((None,), dtype="int32", name="ids"), keras.Input((None, 3), name="steps")
    inner = keras.Sequential([keras.Input((None, 3)), L.Conv1D(4, 3, padding="same"), L.Dense(4)])
    words_seen = L.Bidirectional(L.LSTM(3))(L.Embedding(9, 4, mask_zero=True)(ids))
    model = keras.Model([ids, steps], L.Dense(1)(L.Concatenate()([words_seen, L.GlobalMaxPooling1D()(inner(steps))])))
    model.compile(optimizers.Adam(0.01), "mse")
    return model, [words(7), table(5, 3)], table(1)


@case()
def open_images():
    model = sequential((None, None, 3), L.Conv2D(4, 3, strides=2, padding="same"), L.BatchNormalization(), L.GlobalAveragePooling2D(), L.Dense(2))
    return trained(model, [table(7, 6, 3)])


@case()
def masked_softmax():
    """Attention by hand: weights over the words that are there; a row without any has none."""
    ids = keras.Input((7,))
    steps = L.Embedding(9, 4)(ids)
    shares = L.Softmax()(L.Dense(1)(steps)[:, :, 0], mask=ops.not_equal(ids, 0))
    model = keras.Model(ids, L.Dense(1)(L.Dot(axes=1)([shares, steps])))
    model.compile(optimizers.Adam(0.01), "mse")
    data = words(7, 3)
    data[5] = 0
    return model, [data], table(1)


@case()
def masked_time_distributed():
    start = keras.Input((7,))
    steps = L.TimeDistributed(L.Dense(3, activation="tanh"))(L.Embedding(9, 4, mask_zero=True)(start))
    model = keras.Model(start, L.Dense(1)(L.GRU(4)(steps)))
    model.compile(optimizers.Adam(0.01), "mse")
    return model, [words(7)], table(1)
