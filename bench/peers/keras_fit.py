"""Fits a model (first argument) to a CSV file (second) for so many epochs of such batches; prints seconds per epoch."""

import sys
import time

import keras
import numpy


class Stopwatch(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        print(time.perf_counter() - self.start)


path, rows, epochs, batch_size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
table = numpy.loadtxt(rows, delimiter=",", skiprows=1, dtype="float32")
model = keras.models.load_model(path)
model.fit(
    table[:, :-1], table[:, -1:], epochs=epochs, batch_size=batch_size, verbose=0, callbacks=[Stopwatch()]
)
