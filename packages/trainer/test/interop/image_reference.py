"""What TensorFlow makes of the images in a folder: decoded, and resized as Keras's image_dataset_from_directory does."""

import base64
import json
import os
import sys

import tensorflow as tf

SIZES = [(8, 8), (40, 37), (23, 31), (1, 1)]


def spell(tensor):
    return base64.b64encode(tensor.numpy().tobytes()).decode()


def main(folder, out):
    decoded, accurate, resized = {}, {}, {}
    for name in sorted(os.listdir(folder)):
        if name.endswith((".json", ".md")):
            continue
        with open(os.path.join(folder, name), "rb") as file:
            content = file.read()
        for channels in (1, 3, 4):
            key = f"{name}:{channels}"
            try:
                image = tf.image.decode_image(content, channels=channels, expand_animations=False)
            except tf.errors.InvalidArgumentError:
                decoded[key] = None
                continue
            decoded[key] = spell(image)
            if name.endswith(".jpg"):
                accurate[key] = spell(tf.io.decode_jpeg(content, channels=channels, dct_method="INTEGER_ACCURATE"))
            if key in ("rgb.png:3", "gray.png:1"):
                for height, width in SIZES:
                    resized[f"{key}:{height}x{width}"] = spell(tf.image.resize(image, (height, width)))
    with open(out, "w") as file:
        json.dump({"tensorflow": tf.__version__, "decoded": decoded, "accurate": accurate, "resized": resized}, file, indent=1, sort_keys=True)
        file.write("\n")


main(*sys.argv[1:])
