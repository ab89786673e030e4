"""Loads and verifies all links in the directory of the first argument, as often as the second says; prints seconds."""

import json
import pathlib
import sys
import time

from in_toto.models.metadata import Metablock

directory, rounds = pathlib.Path(sys.argv[1]), int(sys.argv[2])
key = json.loads((directory / "key.json").read_text())
paths = [str(path) for path in directory.glob("*.link")]

for _ in range(rounds):
    start = time.perf_counter()
    for path in paths:
        Metablock.load(path).verify_signature(key)
    print(time.perf_counter() - start)
