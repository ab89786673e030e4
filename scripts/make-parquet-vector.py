"""Writes vectors/parquet: a Parquet file, and the leaves and the root of its rows by an encoder that shares nothing with ours.

Run by hand: python scripts/make-parquet-vector.py (needs pyarrow). See docs/adr/0006 for the encoding.
"""

import base64
import datetime
import decimal
import hashlib
import json
import math
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

D = decimal.Decimal
DAY = datetime.date
US = 10**6


def text_of_float(value):
    """RFC 8785 spells the numbers of this file as JavaScript does; Python differs in exponents and whole numbers."""
    if math.isnan(value):
        return '"NaN"'
    if math.isinf(value):
        return '"Infinity"' if value > 0 else '"-Infinity"'
    if value == 0:
        return '"-0"' if math.copysign(1, value) < 0 else "0"
    if value == int(value) and abs(value) < 1e21:
        return str(int(value))
    mantissa, _, exponent = repr(value).partition("e")
    return mantissa + (f"e{int(exponent):+d}" if exponent else "")


def text(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def lists(encode):
    return lambda values: "[" + ",".join("null" if v is None else encode(v) for v in values) + "]"


number, quoted = str, lambda value: text(str(value))
COLUMNS = [
    ("flag", pa.bool_(), "bool", text, [True, False, None, True]),
    ("tiny", pa.int8(), "int8", number, [-128, 127, None, 1]),
    ("plain", pa.int32(), "int32", number, [-(2**31), 1, None, 1]),
    ("one as text", pa.string(), "string", text, ["1", "é \"quoted\"\n\u0001", None, ""]),
    ("large", pa.int64(), "int64", quoted, [-(2**63), 2**53 + 1, None, 1]),
    ("unsigned", pa.uint64(), "uint64", quoted, [2**64 - 1, 0, None, 1]),
    ("single", pa.float32(), "float32", text_of_float, [0.5, -0.0, None, 0.10000000149011612]),
    ("double", pa.float64(), "float64", text_of_float, [math.nan, -0.0, math.inf, 1e300]),
    ("small", pa.float64(), "float64", text_of_float, [5e-324, 0.1, -math.inf, 1.0]),
    ("money", pa.decimal128(10, 2), {"decimal": [10, 2]}, quoted, [D("-12.30"), D("0.05"), None, D("1.00")]),
    ("bytes", pa.binary(), "bytes", lambda v: text(base64.b64encode(v).decode()), [b"", b"\x00\xff", None, b"1"]),
    ("day", pa.date32(), "date", lambda v: str((v - DAY(1970, 1, 1)).days), [DAY(1969, 12, 31), DAY(2020, 1, 1), None, DAY(1970, 1, 2)]),
    ("at", pa.timestamp("us"), {"timestamp": "us"}, quoted, [-1, 1577836800 * US, None, 1]),
    ("at ms", pa.timestamp("ms"), {"timestamp": "us"}, lambda v: quoted(v * 1000), [-1, 1577836800000, None, 1]),
    ("at ns", pa.timestamp("ns"), {"timestamp": "ns"}, quoted, [-1, 1577836800 * 10**9 + 1, None, 1]),
    ("at utc", pa.timestamp("us", tz="UTC"), {"timestamp": "us", "utc": True}, quoted, [-1, 1577836800 * US, None, 1]),
    ("clock", pa.time64("us"), {"time": "us"}, quoted, [0, 86399999999, None, 1]),
    ("list", pa.list_(pa.int32()), {"list": "int32"}, lists(number), [[], [1, None], None, [1]]),
    (
        "nested",
        pa.struct([("a", pa.int64()), ("b", pa.list_(pa.string()))]),
        {"struct": [["a", "int64"], ["b", {"list": "string"}]]},
        lambda v: "[" + ("null" if v["a"] is None else quoted(v["a"])) + "," + ("null" if v["b"] is None else lists(text)(v["b"])) + "]",
        [{"a": 1, "b": ["x", None]}, {"a": None, "b": None}, None, {"a": 1, "b": []}],
    ),
    (
        "map",
        pa.map_(pa.string(), pa.float64()),
        {"map": ["string", "float64"]},
        lambda v: "[" + ",".join(f"[{text(k)},{'null' if x is None else text_of_float(x)}]" for k, x in v) + "]",
        [[("b", 1.0), ("a", None)], [], None, [("a", -0.0)]],
    ),
]


def root_of(leaves):
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + root_of(leaves[:half]) + root_of(leaves[half:])).digest()


table = pa.table({name: pa.array(values, type=kind) for name, kind, _, _, values in COLUMNS})
rows = [
    "[" + ",".join(f"[{text(name)},{text(kind)},{'null' if v[i] is None else encode(v[i])}]" for name, _, kind, encode, v in COLUMNS) + "]"
    for i in range(4)
]
folder = pathlib.Path(__file__).parent.parent / "vectors" / "parquet"
pq.write_table(table, folder / "rows.parquet", row_group_size=3, compression="zstd", version="2.6")
# The same rows, in other row groups, pages, encodings and compression.
pq.write_table(table, folder / "rows-otherwise.parquet", row_group_size=1, compression="none", version="2.6", use_dictionary=False, data_page_version="2.0")
root = root_of([row.encode() for row in rows]).hex()
(folder / "rows.json").write_text(json.dumps({"root": root, "rows": rows}, indent=2) + "\n")
wide = pa.table({"x": pa.array([D(1)], type=pa.decimal256(40, 0)), "y": pa.array([1.5])})
pq.write_table(wide, folder / "long-decimal.parquet")
