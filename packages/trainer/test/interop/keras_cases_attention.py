"""Cases of attention. See keras_cases.py."""

import keras
from keras import layers as L

from keras_cases import RNG, ROWS, case, table, trained


def attending(*branches, query=(4, 6), value=(5, 6), rate=0.02):
    """Each branch gets a query and a value that come from trained layers."""
    first, second = keras.Input(query), keras.Input(value)
    q, v = L.Dense(query[-1])(first), L.Dense(value[-1])(second)
    parts = [L.Flatten()(output) for branch in branches for output in keras.tree.flatten(branch(q, v))]
    model = keras.Model([first, second], L.Dense(2)(L.Concatenate()(parts)))
    return trained(model, [table(*query), table(*value)], rate=rate)


@case()
def attention():
    return attending(
        lambda q, v: L.Attention()([q, v]),
        lambda q, v: L.Attention(use_scale=True)([q, v, L.Dense(6)(v)]),
        lambda q, v: L.Attention(use_scale=True, score_mode="concat")([q, v]),
        lambda q, v: L.Attention(score_mode="concat")([q, v], use_causal_mask=True),
        lambda q, v: L.Attention()([q, v], return_attention_scores=True),
        lambda q, v: L.AdditiveAttention()([q, v]),
        lambda q, v: L.AdditiveAttention(use_scale=False)([q, v], use_causal_mask=True),
    )


@case()
def multi_head_attention():
    return attending(
        lambda q, v: L.MultiHeadAttention(2, 3)(q, v),
        lambda q, v: L.MultiHeadAttention(3, 2, value_dim=5, output_shape=4, use_bias=False)(q, v),
        lambda q, v: L.MultiHeadAttention(2, 3, output_shape=(2, 3))(q, v, L.Dense(4)(v)),
        lambda q, v: L.MultiHeadAttention(2, 3, use_gate=True, sliding_window=2, kernel_regularizer="l2")(q, v),
        lambda q, v: L.MultiHeadAttention(2, 3)(q, q, use_causal_mask=True),
        lambda q, v: L.MultiHeadAttention(2, 3)(q, q, return_attention_scores=True),
    )


@case()
def multi_head_attention_of_images():
    start = keras.Input((3, 4, 5))
    parts = [L.MultiHeadAttention(2, 3, attention_axes=axes)(start, start) for axes in (None, (1,), (2,), (1, 2))]
    model = keras.Model(start, L.Dense(2)(L.Concatenate()([L.Flatten()(part) for part in parts])))
    return trained(model, [table(3, 4, 5)], rate=0.01)


@case()
def multi_head_attention_own_mask():
    first, shown = keras.Input((4, 6)), keras.Input((4, 4))
    parts = [
        L.MultiHeadAttention(2, 3)(first, first, attention_mask=shown),
        L.GroupQueryAttention(3, 4, 2)(first, first, attention_mask=shown, use_causal_mask=True),
    ]
    model = keras.Model([first, shown], L.Dense(2)(L.Concatenate()([L.Flatten()(part) for part in parts])))
    mask = RNG.integers(0, 2, size=(ROWS, 4, 4)).astype("float32")
    mask[:, :, 0] = 1
    return trained(model, [table(4, 6), mask])


def words(length=6, width=6):
    """Numbers of words, and 0 at the end of some rows where there is none."""
    numbers = RNG.integers(1, 9, size=(ROWS, length))
    numbers[:, -2:] *= RNG.integers(0, 2, size=(ROWS, 2))
    start = keras.Input((length,))
    return start, L.Embedding(9, width, mask_zero=True)(start), [numbers.astype("float32")]


@case()
def attention_of_masked_words():
    """MultiHeadAttention takes the mask off its inputs: the last one called finds it, the others do not."""
    start, embedded, inputs = words()
    parts = [
        L.MultiHeadAttention(2, 3)(embedded, embedded),
        L.MultiHeadAttention(2, 3)(embedded, embedded, use_causal_mask=True),
        L.GroupQueryAttention(3, 4, 2)(embedded, embedded),
        L.Attention()([embedded, embedded]),
    ]
    means = [L.GlobalAveragePooling1D()(L.LayerNormalization()(L.Add()([embedded, part]))) for part in parts]
    return trained(keras.Model(start, L.Dense(2)(L.Concatenate()(means))), inputs)


def block(x):
    attended = L.Dropout(0.0)(L.MultiHeadAttention(2, 3)(x, x))
    x = L.LayerNormalization()(L.Add()([x, attended]))
    return L.LayerNormalization()(L.Add()([x, L.Dense(6)(L.Dense(8, activation="relu")(x))]))


@case()
def transformer_of_masked_words():
    """The second block finds no mask: the first has taken it."""
    start, embedded, inputs = words()
    model = keras.Model(start, L.Dense(2)(L.GlobalAveragePooling1D()(block(block(L.Dropout(0.0)(embedded))))))
    return trained(model, inputs, rate=0.01)


@case()
def transformer_of_nested_blocks():
    start, embedded, inputs = words()
    blocks = []
    for _ in range(2):
        inner = keras.Input((6, 6))
        blocks.append(keras.Model(inner, block(inner)))
    model = keras.Model(start, L.Dense(2)(L.GlobalAveragePooling1D()(blocks[1](blocks[0](embedded)))))
    return trained(model, inputs, rate=0.01)


@case()
def group_query_attention():
    return attending(
        lambda q, v: L.GroupQueryAttention(3, 4, 2)(q, v),
        lambda q, v: L.GroupQueryAttention(2, 3, 1, use_bias=False, use_gate=True)(q, v),
        lambda q, v: L.GroupQueryAttention(2, 2, 2, sliding_window=2)(q, v, L.Dense(6)(v)),
    )


@case()
def reversible_embedding():
    start = keras.Input((4,))
    tied, untied = L.ReversibleEmbedding(7, 5), L.ReversibleEmbedding(7, 5, tie_weights=False, logit_soft_cap=2.0)
    parts = [table_(L.Dense(5)(table_(start)), reverse=True) for table_ in (tied, untied)]
    model = keras.Model(start, L.Dense(2)(L.Concatenate()([L.Flatten()(part) for part in parts])))
    return trained(model, [RNG.integers(0, 7, size=(ROWS, 4)).astype("float32")], rate=0.01)
