"""Solves a network from its Matrix Market files with scipy and compares with nodes and parts of summary.json.

Usage: check_matrices.py FOLDER SUMMARY
"""

import csv
import json
import os
import sys

import numpy as np
from scipy.io import mmread
from scipy.sparse import diags
from scipy.sparse.linalg import spsolve

SIGMA = 5.670374419184429e-8

folder, summary = sys.argv[1:]
gl, gr, gf = (mmread(f"{folder}/{name}.mtx").tocsr() for name in ("gl", "gr", "gf"))
load = mmread(f"{folder}/load.mtx").toarray()[:, 0]
held = mmread(f"{folder}/held.mtx").tocoo()
names = [row["node"] for row in csv.DictReader(open(f"{folder}/nodes.csv"))]

t = np.full(len(load), 300.0)
t[held.row] = held.data
free = np.setdiff1d(np.arange(len(load)), held.row)
for _ in range(50):
    heat = gl @ t + gf @ t + SIGMA * (gr @ t**4) + load
    slope = (gl + gf + gr @ diags(4 * SIGMA * t**3)).tocsc()[free][:, free]
    t[free] -= spsolve(slope, heat[free])

with open(summary) as f:
    found = json.load(f)
t = {name: k - 273.15 for name, k in zip(names, t)}
off = [abs(node["steady_c"] - t[name]) for name, node in found["nodes"].items()]
if os.path.exists(f"{folder}/mesh.csv"):
    rows = [row for row in csv.DictReader(open(f"{folder}/mesh.csv")) if row["kind"] == "cell"]
    for name, part in found["parts"].items():
        cells = [t[row["node"]] for row in rows if row["part"].split("#")[0] == name]
        assert len(cells) == part["cells"], f"{name}: {len(cells)} cells"
        off += [abs(min(cells) - part["least_c"]), abs(max(cells) - part["most_c"])]
worst = max(off)
assert worst < 1e-5, f"{worst} K"
print(f"{len(names)} nodes, {len(off)} temperatures agree within {worst:.1e} K")
