"""Verifies the layout and links in the directory that the argument names; prints the seconds that it took."""

import json
import pathlib
import sys
import time

from in_toto.models.metadata import Metablock
from in_toto.verifylib import in_toto_verify

directory = pathlib.Path(sys.argv[1])
key = json.loads((directory / "key.json").read_text())

start = time.perf_counter()
layout = Metablock.load(str(directory / "layout.json"))
in_toto_verify(layout, {key["keyid"]: key}, link_dir_path=str(directory))
print(time.perf_counter() - start)
