"""Arrow reads the table of a study: types, nulls, metadata, and the same numbers as the CSV file."""
import csv
import sys

import pyarrow.parquet as pq

folder = sys.argv[1]
file = pq.ParquetFile(folder + "/study.parquet")
table = file.read()
assert [str(t) for t in table.schema.types[:4]] == ["int64", "double", "string", "int64"], table.schema
rows = table.to_pylist()
assert [r["id"] for r in rows] == [0, 1, 2]
assert [r["coolant.return_c"] for r in rows] == [60.0, 40.5, 55.0]
assert [r["radiator.coating"] for r in rows] == ["az93", "z93", "z93"]
assert [r["radiator.loops"] for r in rows] == [4, 4, 6]
# The second design returns the coolant colder than it supplies it.
assert rows[1]["radiator_kg"] is None and "must be at least 0.1 K above the supply" in rows[1]["failure"], rows[1]
assert rows[0]["failure"] is None and rows[0]["radiator_kg"] > 0
assert b"[heat_path]" in file.schema_arrow.metadata[b"thermsolve.case"]
with open(folder + "/study.csv", newline="") as f:
    for row, line in zip(rows, csv.DictReader(f), strict=True):
        for name, value in row.items():
            text = line[name]
            same = text == "" if value is None or value == "" else text == value if isinstance(value, str) else float(text) == value
            assert same, (name, value, text)
print("Parquet and CSV agree")
