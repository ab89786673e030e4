"""Cases of layers that prepare data: images, categories. What they do by chance has one choice only here, so that Keras's
random numbers, which are not ours, do not count. See keras_cases.py."""

import keras
import numpy as np
from keras import layers as L
from keras import optimizers

from keras_cases import RNG, ROWS, case, sequential, table


def pictures(*shape):
    return RNG.uniform(0, 255, size=(ROWS, *shape)).astype("float32")


def seen_all(shape, *branches, rate=0.002):
    start = keras.Input(shape)
    parts = [L.Flatten()(L.Rescaling(1 / 255)(branch(start))) for branch in branches]
    model = keras.Model(start, L.Dense(2)(L.Concatenate()(parts)))
    model.compile(optimizers.SGD(rate), "mse", metrics=["mae"])
    return model, [pictures(*shape)], table(2)


@case()
def resizing():
    ways = ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5", "area")
    return seen_all((7, 6, 2), *(L.Resizing(4, 9, interpolation=way) for way in ways), L.Resizing(7, 6))


@case()
def resizing_antialias():
    ways = ("bilinear", "bicubic", "lanczos3", "lanczos5")
    return seen_all((9, 11, 1), *(L.Resizing(4, 5, interpolation=way, antialias=True) for way in ways))


@case()
def resizing_proportions():
    return seen_all(
        (9, 5, 2),
        L.Resizing(4, 6, crop_to_aspect_ratio=True),
        L.Resizing(6, 4, pad_to_aspect_ratio=True, fill_value=7.0),
        L.CenterCrop(4, 3),
        L.CenterCrop(8, 2),
        L.CenterCrop(6, 8),
    )


@case()
def geometry():
    """No range is wide: each image is moved alike."""
    return seen_all(
        (6, 7, 2),
        L.RandomRotation((0.1, 0.1)),
        L.RandomRotation((-0.3, -0.3), fill_mode="constant", fill_value=20.0, interpolation="nearest"),
        L.RandomRotation((0.2, 0.2), fill_mode="wrap"),
        L.RandomRotation((0.4, 0.4), fill_mode="nearest"),
        L.RandomZoom((0.3, 0.3)),
        L.RandomZoom((-0.4, -0.4), (0.5, 0.5), fill_mode="constant"),
        L.RandomTranslation((0.4, 0.4), (-0.3, -0.3)),
        L.RandomTranslation((-0.8, -0.8), (0.9, 0.9), fill_mode="wrap", interpolation="nearest"),
        L.RandomShear((0.0, 0.0), (0.0, 0.0)),
        L.RandomPerspective(1.0, scale=0.0),
        rate=0.001,
    )


@case()
def geometry_after_weights():
    """Gradients through a projection."""
    start = keras.Input((5, 6, 2))
    hidden = L.Conv2D(2, 1)(L.Rescaling(1 / 255)(start))
    moved = L.RandomZoom((0.2, 0.2))(L.RandomRotation((0.1, 0.1), fill_mode="constant")(hidden))
    model = keras.Model(start, L.Dense(2)(L.Flatten()(moved)))
    model.compile(optimizers.SGD(0.02), "mse")
    return model, [pictures(5, 6, 2)], table(2)


@case()
def colors():
    return seen_all(
        (4, 5, 3),
        L.RandomBrightness((0.3, 0.3)),
        L.RandomBrightness((-0.4, -0.4), value_range=(10, 200)),
        L.RandomContrast((0.0, 0.0), value_range=(20, 230)),
        L.RandomSaturation((0.3, 0.3)),
        L.RandomSaturation((0.7, 0.7)),
        L.RandomHue((0.0, 0.0)),
        L.RandomColorJitter(brightness_factor=(0.1, 0.1), contrast_factor=(0.0, 0.0), saturation_factor=(0.4, 0.4), hue_factor=(0.0, 0.0)),
        L.RandomGrayscale(1.0),
        L.RandomColorDegeneration((0.6, 0.6)),
        L.RandomInvert((1.0, 1.0)),
        L.RandomPosterization((3, 3)),
        L.Solarization((0.0, 0.0), (0.0, 0.0)),
        rate=0.001,
    )


@case()
def textures():
    return seen_all(
        (6, 5, 3),
        L.RandomSharpness((0.2, 0.2)),
        L.RandomSharpness((1.0, 1.0), value_range=(0, 240)),
        L.RandomGaussianBlur((1.0, 1.0), kernel_size=3, sigma=(0.8, 0.8)),
        L.RandomGaussianBlur((1.0, 1.0), kernel_size=5, sigma=(1.0, 1.0)),
        L.AutoContrast(),
        L.AutoContrast(value_range=(0, 300)),
        L.RandomErasing((0.0, 0.0)),
        rate=0.001,
    )


@case()
def random_outside_training():
    """Chance has no say: no image is changed, or each as it would be without it."""
    return seen_all(
        (4, 5, 3),
        L.RandomRotation(0.0),
        L.RandomCrop(4, 5),
        L.RandomZoom(0.0),
        L.RandomTranslation(0.0, 0.0),
    )


@case()
def flips_of_symmetric_images():
    """Turned round or not, they are the same."""
    model = sequential((4, 4, 1), L.RandomFlip(), L.RandomFlip("horizontal"), L.RandomFlip("vertical"), L.Flatten(), L.Dense(2))
    model.compile(optimizers.SGD(0.02), "mse")
    quarter = RNG.normal(size=(ROWS, 2, 2, 1)).astype("float32")
    half = np.concatenate([quarter, quarter[:, ::-1]], axis=1)
    return model, [np.concatenate([half, half[:, :, ::-1]], axis=2)], table(2)


@case()
def mixtures_of_one_image():
    """Mixed with itself, it is the same."""
    start = keras.Input((4, 5, 2))
    parts = [L.Flatten()(layer(start)) for layer in (L.MixUp(0.4), L.CutMix(0.8))]
    model = keras.Model(start, L.Dense(2)(L.Concatenate()(parts)))
    model.compile(optimizers.SGD(0.02), "mse")
    return model, [np.repeat(RNG.normal(size=(1, 4, 5, 2)).astype("float32"), ROWS, axis=0)], table(2)


@case()
def pipeline():
    return seen_all((5, 6, 2), L.Pipeline([L.Resizing(4, 4), L.RandomBrightness((0.2, 0.2)), L.Rescaling(0.5)]), L.Resizing(3, 3))


@case()
def crops():
    """Keras crops while training only; a model that does not mind is averaged over the image."""
    model = sequential((6, 6, 2), L.Rescaling(1 / 255), L.RandomCrop(6, 6), L.Conv2D(3, 2), L.GlobalAveragePooling2D(), L.Dense(2))
    model.compile(optimizers.SGD(0.02), "mse")
    return model, [pictures(6, 6, 2)], table(2)


@case()
def discretization():
    start = keras.Input((4,))
    parts = [
        L.Discretization([-1.0, 0.0, 0.5])(start),
        L.Discretization([-0.5, 0.7], output_mode="multi_hot")(start),
        L.Discretization([0.0, 1.0], output_mode="count")(start),
        L.Flatten()(L.Discretization([-0.2, 0.3], output_mode="one_hot")(start)),
    ]
    adapted = L.Discretization(num_bins=4)
    adapted.adapt(table(4))
    parts.append(adapted(start))
    model = keras.Model(start, L.Dense(2)(L.Concatenate()([L.Rescaling(1.0)(part) for part in parts])))
    model.compile(optimizers.SGD(0.02), "mse")
    return model, [table(4)], table(2)


def whole(least, most, *shape):
    return RNG.integers(least, most, size=(ROWS, *shape)).astype("float32")


@case()
def category_encoding():
    several, one = keras.Input((4,)), keras.Input((1,))
    parts = [
        L.CategoryEncoding(6)(several),
        L.CategoryEncoding(6, output_mode="count")(several),
        L.Flatten()(L.CategoryEncoding(6, output_mode="one_hot")(several)),
        L.CategoryEncoding(5, output_mode="one_hot")(one),
    ]
    model = keras.Model([several, one], L.Dense(2)(L.Concatenate()(parts)))
    model.compile(optimizers.SGD(0.05), "mse")
    return model, [whole(0, 6, 4), whole(0, 5, 1)], table(2)


@case()
def integer_lookup():
    start = keras.Input((4,), dtype="int64")
    words = L.IntegerLookup(vocabulary=[12, 36, 7, 5])
    masked = L.IntegerLookup(vocabulary=[12, 36, 7], mask_token=0, num_oov_indices=3)
    parts = [
        L.Flatten()(L.Embedding(5, 3)(words(start))),
        L.Flatten()(L.Embedding(8, 2)(masked(start))),
        L.IntegerLookup(vocabulary=[12, 36, 7], output_mode="multi_hot")(start),
        L.IntegerLookup(vocabulary=[12, 36, 7], output_mode="count", num_oov_indices=2)(start),
    ]
    model = keras.Model(start, L.Dense(2)(L.Concatenate()(parts)))
    model.compile(optimizers.SGD(0.05), "mse")
    return model, [RNG.choice([12, 36, 7, 5, 0, 99, 100, 3], size=(ROWS, 4)).astype("float32")], table(2)


@case()
def hashing():
    start = keras.Input((3,), dtype="int64")
    parts = [
        L.Flatten()(L.Embedding(7, 3)(L.Hashing(7)(start))),
        L.Flatten()(L.Embedding(7, 2)(L.Hashing(7, mask_value=0)(start))),
        L.Hashing(5, output_mode="count")(start),
    ]
    model = keras.Model(start, L.Dense(2)(L.Concatenate()(parts)))
    model.compile(optimizers.SGD(0.05), "mse")
    return model, [whole(-3, 1000, 3)], table(2)
