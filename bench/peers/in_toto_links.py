"""Loads and verifies all links in the directory that the argument names; prints the seconds that it took."""

import json
import pathlib
import sys
import time

from in_toto.models.metadata import Metablock

directory = pathlib.Path(sys.argv[1])
key = json.loads((directory / "key.json").read_text())
paths = [str(path) for path in directory.glob("*.link")]

start = time.perf_counter()
for path in paths:
    Metablock.load(path).verify_signature(key)
print(time.perf_counter() - start)
