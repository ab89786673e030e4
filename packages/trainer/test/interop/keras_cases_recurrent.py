"""Cases of recurrent layers: every option, masks, states, wrappers and cells. See keras_cases.py."""

import keras
from keras import layers as L
from keras import optimizers

from keras_cases import RNG, case, classes, sequential, table


def trained(model, rate=0.05):
    model.compile(optimizers.SGD(rate), "mse")
    return model


def words(length, count=9):
    return RNG.integers(0, count, size=(70, length)).astype("float32")


@case()
def simple_rnn():
    model = trained(sequential((5, 3), L.SimpleRNN(4, return_sequences=True, activation="relu"), L.SimpleRNN(3, use_bias=False, go_backwards=True)))
    return model, [table(5, 3)], table(3)


@case()
def lstm_text():
    model = sequential((8,), L.Embedding(9, 4), L.LSTM(5), L.Dense(1, activation="sigmoid"))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model, [words(8)], classes(2)


@case()
def lstm_options():
    stack = [
        L.LSTM(4, return_sequences=True, activation="softsign", recurrent_activation="hard_sigmoid", unit_forget_bias=False),
        L.LSTM(3, return_sequences=True, use_bias=False, go_backwards=True, unroll=True),
        L.LSTM(2, kernel_regularizer="l2", recurrent_regularizer="l1", bias_regularizer="l2", dropout=0.0),
    ]
    return trained(sequential((4, 3), *stack)), [table(4, 3)], table(2)


@case()
def gru_both_ways():
    stack = [
        L.GRU(4, return_sequences=True),
        L.GRU(3, return_sequences=True, reset_after=False),
        L.GRU(3, use_bias=False, return_sequences=True, activation="relu", recurrent_activation="hard_sigmoid"),
        L.GRU(2, reset_after=False, use_bias=False, go_backwards=True),
    ]
    return trained(sequential((4, 3), *stack)), [table(4, 3)], table(2)


@case()
def states_handed_on():
    start, other = keras.Input((5, 3)), keras.Input((4, 2))
    sequence, hidden, carry = L.LSTM(4, return_sequences=True, return_state=True)(start)
    decoded = L.LSTM(4)(other, initial_state=[hidden, carry])
    last, state = L.GRU(4, return_state=True)(sequence)
    more = L.SimpleRNN(4, return_sequences=True)(other, initial_state=state)
    joined = L.Concatenate()([decoded, last, L.Flatten()(more)])
    return trained(keras.Model([start, other], L.Dense(1)(joined))), [table(5, 3), table(4, 2)], table(1)


@case()
def masked_sequences():
    start = keras.Input((7,))
    steps = L.Embedding(9, 3, mask_zero=True)(start)
    steps = L.LSTM(4, return_sequences=True)(steps)
    steps = L.GRU(4, return_sequences=True, go_backwards=True)(steps)
    model = trained(keras.Model(start, L.Dense(2)(L.SimpleRNN(3)(steps))))
    return model, [words(7, 3)], table(2)


@case()
def masked_loss():
    """The mask reaches the output: padding counts in neither loss nor accuracy."""
    model = sequential((6,), L.Embedding(5, 3, mask_zero=True), L.LSTM(4, return_sequences=True), L.Dense(3, activation="softmax"))
    model.compile(optimizers.SGD(0.2), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, [words(6, 5)], RNG.integers(0, 3, size=(70, 6)).astype("float32")


@case()
def masked_zero_output():
    data = table(5, 2)
    data[::2, 3:] = 0
    data[1::4, 1] = 0
    model = trained(sequential((5, 2), L.Masking(), L.RNN(L.LSTMCell(3), return_sequences=True, zero_output_for_mask=True), L.Flatten(), L.Dense(1)))
    return model, [data], table(1)


@case()
def cells_in_rnn():
    stack = [
        L.RNN(L.GRUCell(4), return_sequences=True),
        L.RNN(L.StackedRNNCells([L.LSTMCell(3), L.SimpleRNNCell(4), L.LSTMCell(2)]), return_sequences=True),
        L.RNN(L.SimpleRNNCell(2)),
    ]
    return trained(sequential((4, 3), *stack)), [table(4, 3)], table(2)


@case()
def bidirectional_modes():
    start = keras.Input((4, 3))
    outputs = [L.Bidirectional(L.LSTM(2, return_sequences=True), merge_mode=mode)(start) for mode in ("concat", "sum", "mul", "ave")]
    left, right = L.Bidirectional(L.GRU(3), merge_mode=None)(start)
    own = L.Bidirectional(L.SimpleRNN(2), backward_layer=L.GRU(2, go_backwards=True))(start)
    joined = L.Concatenate()([*[L.Flatten()(output) for output in outputs], left, right, own])
    return trained(keras.Model(start, L.Dense(1)(joined))), [table(4, 3)], table(1)


@case()
def bidirectional_masked_states():
    start = keras.Input((6,))
    steps = L.Embedding(4, 3, mask_zero=True)(start)
    sequence, *states = L.Bidirectional(L.LSTM(3, return_sequences=True, return_state=True))(steps)
    again = L.Bidirectional(L.LSTM(3))(sequence, initial_state=states)
    return trained(keras.Model(start, L.Dense(1)(L.Concatenate()([again, *states])))), [words(6, 4)], table(1)


@case()
def time_distributed():
    inner = keras.Sequential([keras.Input((6, 6, 1)), L.Conv2D(2, 3, activation="relu"), L.Flatten(), L.Dense(3)])
    model = trained(sequential((3, 6, 6, 1), L.TimeDistributed(inner), L.TimeDistributed(L.Dense(4, activation="tanh")), L.LSTM(3), L.Dense(1)))
    return model, [table(3, 6, 6, 1)], table(1)


@case()
def frozen_lstm():
    model = trained(sequential((4, 3), L.LSTM(3, return_sequences=True, trainable=False), L.Bidirectional(L.GRU(2), trainable=False), L.Dense(1)))
    return model, [table(4, 3)], table(1)


@case()
def dropped_lstm_written_back():
    """Dropout that Keras draws otherwise is at rates of 0 here; the layers keep their seed's state beside the weights."""
    model = trained(sequential((4, 3), L.LSTM(3, dropout=0.0, recurrent_dropout=0.0, seed=3), L.Dropout(0.0), L.Dense(1)))
    return model, [table(4, 3)], table(1)


@case()
def conv_lstm():
    stack = [
        L.ConvLSTM2D(2, 3, padding="same", return_sequences=True),
        L.ConvLSTM2D(2, (2, 1), strides=2, use_bias=False, activation="relu", recurrent_activation="hard_sigmoid"),
        L.Flatten(),
        L.Dense(1),
    ]
    return trained(sequential((3, 4, 4, 1), *stack)), [table(3, 4, 4, 1)], table(1)


@case()
def conv_lstm_other_ranks():
    line, volume = keras.Input((3, 5, 2)), keras.Input((2, 3, 3, 2, 1))
    left = L.ConvLSTM1D(2, 2, dilation_rate=2, return_sequences=True, go_backwards=True)(line)
    right = L.ConvLSTM3D(2, 2, kernel_regularizer="l2")(volume)
    model = keras.Model([line, volume], L.Dense(1)(L.Concatenate()([L.Flatten()(left), L.Flatten()(right)])))
    return trained(model), [table(3, 5, 2), table(2, 3, 3, 2, 1)], table(1)
