"""Verifies the layout in the directory of the first argument, as often as the second says; prints seconds."""

import json
import pathlib
import sys
import time

from in_toto.models.metadata import Metablock
from in_toto.verifylib import in_toto_verify

directory, rounds = pathlib.Path(sys.argv[1]), int(sys.argv[2])
key = json.loads((directory / "key.json").read_text())

for _ in range(rounds):
    start = time.perf_counter()
    layout = Metablock.load(str(directory / "layout.json"))
    in_toto_verify(layout, {key["keyid"]: key}, link_dir_path=str(directory / "links"))
    print(time.perf_counter() - start)
