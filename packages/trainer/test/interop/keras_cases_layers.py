"""Cases of single layers and their options. See keras_cases.py."""

import keras
from keras import layers as L
from keras import initializers, optimizers

from keras_cases import case, sequential, table, trained


def regression(shape, *stack, units=2, rate=0.02):
    """The layers in question, then what makes a regression of them."""
    model = sequential(shape, *stack, L.Flatten(), L.Dense(units))
    return trained(model, [table(*shape)], units, rate)


@case()
def conv1d_groups():
    return regression(
        (11, 4),
        L.Conv1D(6, 3, groups=2, padding="same", activation="relu"),
        L.Conv1D(4, 2, groups=2, strides=2, use_bias=False),
        L.Conv1D(4, 3, dilation_rate=2, padding="causal", groups=4),
    )


@case()
def conv2d_groups():
    return regression(
        (7, 6, 4),
        L.Conv2D(6, (3, 2), groups=2, padding="same", strides=2),
        L.Conv2D(4, 2, dilation_rate=(2, 1), padding="same", activation="tanh", kernel_regularizer="l2", bias_regularizer="l1"),
    )


@case()
def conv2d_channels_first():
    return regression(
        (3, 7, 6),
        L.ZeroPadding2D(((1, 0), (2, 1)), data_format="channels_first"),
        L.Permute((2, 3, 1)),
        L.Conv2D(4, 3, activation="softmax"),
        L.Permute((3, 1, 2)),
        L.Cropping2D(((1, 0), (0, 1)), data_format="channels_first"),
        L.UpSampling2D((2, 1), data_format="channels_first"),
        L.SpatialDropout2D(0.0, data_format="channels_first"),
        L.Flatten(data_format="channels_first"),
        rate=0.005,
    )


@case()
def conv3d():
    return regression(
        (5, 6, 4, 2),
        L.Conv3D(3, (2, 3, 2), padding="same", strides=(2, 1, 2), activation="elu"),
        L.Conv3D(2, 2, use_bias=False),
        rate=0.01,
    )


@case()
def conv3d_dilated():
    return regression((7, 5, 6, 2), L.Conv3D(3, (3, 2, 2), dilation_rate=(2, 1, 2)), L.Conv3D(4, (1, 2, 3), padding="same"), rate=0.01)


@case()
def conv1d_transpose():
    return regression(
        (5, 3),
        L.Conv1DTranspose(4, 3, strides=2, activation="relu"),
        L.Conv1DTranspose(3, 4, strides=3, padding="same"),
        L.Conv1DTranspose(2, 3, strides=2, padding="same", output_padding=1, use_bias=False),
        rate=0.01,
    )


@case()
def conv2d_transpose():
    return regression(
        (4, 3, 2),
        L.Conv2DTranspose(3, 3, strides=(2, 3), padding="same", activation="relu"),
        L.Conv2DTranspose(2, (2, 3), strides=(3, 1)),
        L.Conv2DTranspose(2, (1, 2), strides=2, output_padding=1),
        rate=0.002,
    )


@case()
def conv3d_transpose():
    return regression((3, 2, 3, 2), L.Conv3DTranspose(3, 2, strides=(2, 1, 2), activation="relu"), L.Conv3DTranspose(2, (3, 2, 1), padding="same", strides=(1, 2, 1)), rate=0.005)


@case()
def depthwise_1d():
    return regression((12, 3), L.DepthwiseConv1D(3, depth_multiplier=2, padding="same", activation="relu"), L.DepthwiseConv1D(2, strides=2), L.DepthwiseConv1D(2, dilation_rate=2, use_bias=False))


@case()
def depthwise_2d():
    return regression(
        (8, 7, 3),
        L.DepthwiseConv2D((3, 2), depth_multiplier=2, padding="same", activation="relu", depthwise_regularizer="l2"),
        L.DepthwiseConv2D(2, strides=2, padding="same"),
        L.DepthwiseConv2D(2, dilation_rate=2, use_bias=False),
        rate=0.01,
    )


@case()
def separable_1d():
    return regression((12, 3), L.SeparableConv1D(5, 3, depth_multiplier=2, padding="same", activation="relu"), L.SeparableConv1D(3, 2, strides=2, use_bias=False))


@case()
def separable_2d():
    return regression(
        (8, 7, 3),
        L.SeparableConv2D(4, 3, padding="same", strides=2, depth_multiplier=2, activation="relu", pointwise_regularizer="l2", depthwise_constraint="non_neg"),
        L.SeparableConv2D(3, 2, dilation_rate=(2, 1)),
    )


@case()
def pooling_3d():
    start = keras.Input((5, 6, 7, 2))
    branches = [
        L.MaxPooling3D(2)(start),
        L.MaxPooling3D((2, 3, 1), strides=(2, 2, 3), padding="same")(start),
        L.AveragePooling3D((1, 2, 3))(start),
        L.AveragePooling3D(3, strides=2, padding="same")(start),
    ]
    hidden = L.Conv3D(2, 2)(start)
    wholes = [L.GlobalMaxPooling3D()(hidden), L.GlobalAveragePooling3D()(hidden), L.Flatten()(L.GlobalAveragePooling3D(keepdims=True)(hidden))]
    model = keras.Model(start, L.Dense(2)(L.Concatenate()([L.Flatten()(branch) for branch in branches] + wholes)))
    return trained(model, [table(5, 6, 7, 2)], rate=0.002)


@case()
def pooling_after_weights():
    """Gradients through every pool."""
    volume, image, line = keras.Input((4, 5, 6, 2)), keras.Input((7, 5, 2)), keras.Input((9, 3))
    deep, flat, thin = L.Conv3D(2, 1)(volume), L.Conv2D(3, 1)(image), L.Dense(3)(line)
    parts = [
        *(pool(2, strides=(1, 2, 3), padding="same")(deep) for pool in (L.MaxPooling3D, L.AveragePooling3D)),
        *(pool((3, 2), strides=2, padding="same")(flat) for pool in (L.MaxPooling2D, L.AveragePooling2D)),
        *(pool(3, strides=2)(thin) for pool in (L.MaxPooling1D, L.AveragePooling1D)),
        L.GlobalMaxPooling3D(keepdims=True)(deep),
        L.GlobalMaxPooling2D()(flat),
        L.GlobalAveragePooling2D(keepdims=True)(flat),
        L.GlobalMaxPooling1D()(thin),
        L.GlobalAveragePooling1D(keepdims=True)(thin),
    ]
    model = keras.Model([volume, image, line], L.Dense(2)(L.Concatenate()([L.Flatten()(part) for part in parts])))
    return trained(model, [table(4, 5, 6, 2), table(7, 5, 2), table(9, 3)], rate=0.002)


@case()
def adaptive_pooling():
    volume, image, line = keras.Input((4, 5, 6, 2)), keras.Input((7, 5, 2)), keras.Input((9, 3))
    deep, flat, thin = L.Conv3D(2, 1)(volume), L.Conv2D(3, 1)(image), L.Dense(3)(line)
    parts = [
        *(pool((3, 2, 4))(deep) for pool in (L.AdaptiveMaxPooling3D, L.AdaptiveAveragePooling3D)),
        *(pool((3, 2))(flat) for pool in (L.AdaptiveMaxPooling2D, L.AdaptiveAveragePooling2D)),
        *(pool(4)(thin) for pool in (L.AdaptiveMaxPooling1D, L.AdaptiveAveragePooling1D)),
    ]
    model = keras.Model([volume, image, line], L.Dense(2)(L.Concatenate()([L.Flatten()(part) for part in parts])))
    return trained(model, [table(4, 5, 6, 2), table(7, 5, 2), table(9, 3)], rate=0.002)


@case()
def up_sampling():
    volume, image, line = keras.Input((2, 3, 2, 2)), keras.Input((4, 5, 2)), keras.Input((4, 3))
    deep, flat, thin = L.Conv3D(2, 1)(volume), L.Conv2D(2, 1)(image), L.Dense(3)(line)
    sharp = [L.UpSampling2D((2, 3), interpolation=way)(flat) for way in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")]
    parts = [L.UpSampling3D((2, 1, 3))(deep), L.UpSampling1D(3)(thin), *sharp]
    joined = L.Rescaling(0.2)(L.Concatenate()([L.Flatten()(part) for part in parts]))
    model = keras.Model([volume, image, line], L.Dense(2)(joined))
    return trained(model, [table(2, 3, 2, 2), table(4, 5, 2), table(4, 3)], rate=0.001)


@case()
def padding_and_cropping():
    volume, image, line = keras.Input((4, 5, 3, 2)), keras.Input((7, 5, 2)), keras.Input((9, 3))
    deep, flat, thin = L.Conv3D(2, 1)(volume), L.Conv2D(3, 1)(image), L.Dense(3)(line)
    parts = [
        L.Conv3D(2, 2)(L.ZeroPadding3D(((1, 0), (0, 2), (1, 1)))(deep)),
        L.Cropping3D(((1, 0), (0, 2), (1, 1)))(deep),
        L.Cropping3D(1)(deep),
        L.Conv2D(2, 2)(L.ZeroPadding2D((1, 2))(flat)),
        L.Cropping2D(((1, 2), (0, 1)))(flat),
        L.Cropping2D((2, 1))(flat),
        L.Conv1D(2, 2)(L.ZeroPadding1D((2, 1))(thin)),
        L.Conv1D(2, 2)(L.ZeroPadding1D(2)(thin)),
        L.Cropping1D((2, 0))(thin),
        L.Cropping1D(3)(thin),
    ]
    model = keras.Model([volume, image, line], L.Dense(2)(L.Concatenate()([L.Flatten()(part) for part in parts])))
    return trained(model, [table(4, 5, 3, 2), table(7, 5, 2), table(9, 3)], rate=0.005)


@case()
def reshaping():
    start = keras.Input((6,))
    repeated = L.RepeatVector(4)(L.Dense(3)(start))
    turned = L.Permute((2, 1))(repeated)
    deep = L.Permute((3, 1, 2))(L.Reshape((2, 3, 2))(L.Flatten()(turned)))
    model = keras.Model(start, L.Dense(2)(L.Flatten()(L.Identity()(deep))))
    return trained(model, [table(6)])


@case()
def dot_products():
    first, second = keras.Input((4, 3)), keras.Input((3, 5))
    left, right = L.Dense(3)(first), L.Dense(5)(second)
    flat_left, flat_right = L.Dense(6)(L.Flatten()(left)), L.Dense(6)(L.Flatten()(right))
    parts = [
        L.Dot(axes=(2, 1))([left, right]),
        L.Dot(axes=(2, 1), normalize=True)([left, right]),
        L.Dot(axes=1)([flat_left, flat_right]),
        L.Dot(axes=-1, normalize=True)([flat_left, flat_right]),
        L.Dot(axes=(1, -1))([L.Permute((2, 1))(left), L.Permute((2, 1))(right)]),
    ]
    model = keras.Model([first, second], L.Dense(2)(L.Concatenate()([L.Flatten()(part) for part in parts])))
    return trained(model, [table(4, 3), table(3, 5)], rate=0.005)


@case()
def group_normalization():
    return regression(
        (4, 5, 6),
        L.Conv2D(6, 1),
        L.GroupNormalization(groups=3, gamma_regularizer="l2"),
        L.GroupNormalization(groups=-1, axis=2, epsilon=0.01),
        L.GroupNormalization(groups=2, axis=1, scale=False),
        L.GroupNormalization(groups=1, center=False),
    )


@case()
def unit_and_rms_normalization():
    return regression(
        (4, 5),
        L.Dense(6),
        L.RMSNormalization(),
        L.UnitNormalization(),
        L.RMSNormalization(axis=[1, 2], epsilon=0.01),
        L.UnitNormalization(axis=[1, 2]),
        rate=0.2,
    )


@case()
def batch_normalization_axis():
    return regression((4, 5, 3), L.Conv2D(4, 2), L.BatchNormalization(axis=1, momentum=0.7), L.BatchNormalization(axis=2, scale=False), L.BatchNormalization(axis=-1, center=False))


@case()
def dropouts_outside_training():
    """With rates of 0 while training, so that Keras's random numbers, which are not ours, do not count."""
    start = keras.Input((4, 6))
    hidden = L.Dense(5)(start)
    for layer in (L.AlphaDropout(0.0), L.GaussianDropout(0.0), L.GaussianNoise(0.0), L.SpatialDropout1D(0.0), L.Dropout(0.0, noise_shape=(None, 1, None))):
        hidden = layer(hidden)
    image = L.Reshape((2, 2, 5))(hidden)
    image = L.SpatialDropout3D(0.0)(L.Reshape((2, 2, 1, 5))(L.SpatialDropout2D(0.0)(image)))
    model = keras.Model(start, L.Dense(2)(L.Flatten()(image)))
    return trained(model, [table(4, 6)])


@case()
def every_initializer():
    names = """zeros ones orthogonal identity random_normal random_uniform truncated_normal glorot_normal glorot_uniform
        he_normal he_uniform lecun_normal lecun_uniform"""
    start = keras.Input((4,))
    more = [initializers.VarianceScaling(0.5, mode="fan_avg"), initializers.Constant(0.1)]
    branches = [L.Dense(4, activation="tanh", kernel_initializer=way)(start) for way in [*names.split(), *more]]
    model = keras.Model(start, L.Dense(2)(L.Concatenate()(branches)))
    model.compile(optimizers.SGD(0.01), "mse", metrics=["mae"])
    return model, [table(4)], table(2)


@case()
def einsum_dense():
    start = keras.Input((4, 6))
    hidden = L.EinsumDense("abc,cd->abd", output_shape=(4, 5), bias_axes="d", activation="relu")(start)
    hidden = L.EinsumDense("...x,xy->...y", output_shape=4, bias_axes="y")(hidden)
    hidden = L.EinsumDense("abc,cde->abde", output_shape=(4, 2, 3), bias_axes="de")(hidden)
    hidden = L.EinsumDense("abcd,bce->aed", output_shape=(5, 3))(hidden)
    hidden = L.EinsumDense("ab...,bc->ac...", output_shape=2, bias_axes="c", kernel_regularizer="l2")(hidden)
    model = keras.Model(start, L.Dense(2)(L.Flatten()(hidden)))
    return trained(model, [table(4, 6)], rate=0.005)


@case()
def activity_regularization():
    return regression((5,), L.Dense(4, activation="tanh"), L.ActivityRegularization(0.01, 0.02), L.Dense(3, activity_regularizer="l2"))


@case()
def stft_initializer():
    return regression((12, 1), L.Conv1D(3, 4, kernel_initializer=initializers.STFT("real", window=None)))
