#!/usr/bin/env python3
"""Reads the VTK files of a run with the VTK library and compares them with summary.json and surfaces.csv."""
import csv
import json
import math
import os
import sys

from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkFiltersVerdict import vtkCellSizeFilter
from vtkmodules.vtkIOXML import vtkXMLMultiBlockDataReader, vtkXMLUnstructuredGridReader

folder = sys.argv[1]
summary = json.load(open(os.path.join(folder, "summary.json")))
radiator, array = summary["radiator"], summary["array"]


def near(what, got, want, within):
    assert abs(got - want) <= within, f"{what}: VTK holds {got}, the summary {want}"


def read(name):
    reader = vtkXMLUnstructuredGridReader()
    reader.SetFileName(os.path.join(folder, name))
    reader.Update()
    assert reader.GetErrorCode() == 0
    return reader.GetOutput()


def cells(grid, name):
    array_ = grid.GetCellData().GetArray(name)
    assert array_ is not None, f"no cell array {name}"
    return vtk_to_numpy(array_)


def areas(grid):
    size = vtkCellSizeFilter()
    size.SetInputData(grid)
    size.Update()
    return cells(size.GetOutput(), "Area")


grids = {part: read(f"{part}.vtu") for part in ("radiator", "array", "bus")}
r, a = grids["radiator"], grids["array"]
assert r.GetNumberOfCells() == summary["mesh"]["radiator_cells"]
assert sum(g.GetNumberOfCells() for g in grids.values()) == summary["mesh"]["cells"]
near("radiator planform", areas(r).sum(), radiator["planform_m2"], 1e-6 * radiator["planform_m2"])
near("array area", areas(a).sum(), array["area_m2"], 1e-6 * array["area_m2"])
for part, key in (("radiator", "radiator_c"), ("array", "array_c")):
    t = cells(grids[part], "temperature_k") - 273.15
    low, mean, high = summary["temperatures"][key]
    near(f"{part} coldest", t.min(), low, 1e-6)
    near(f"{part} hottest", t.max(), high, 1e-6)
    near(f"{part} mean", (t * areas(grids[part])).sum() / areas(grids[part]).sum(), mean, 1e-6)
x0, x1, _, _, z0, z1 = r.GetBounds()
near("radiator thickness", x1 - x0, 0.0, 1e-12)
near("radiator height", z1 - z0, radiator["wing_m"][1], 1e-6)
near("array reach", a.GetBounds()[1] - array["wing_m"][0], -a.GetBounds()[0] - array["wing_m"][0], 1e-9)

# Emitted heat by cell against the table of surfaces, part by part.
emitted = {}
for row in csv.DictReader(open(os.path.join(folder, "surfaces.csv"))):
    part = row["part"].split()[0]
    emitted[part] = emitted.get(part, 0.0) + float(row["area_m2"]) * float(row["emitted_w_m2"])
for part, grid in grids.items():
    near(f"{part} emission", (cells(grid, "emitted_w_m2") * areas(grid)).sum(), emitted[part], 1e-5 * emitted[part])
    assert all(math.isfinite(v) for v in cells(grid, "absorbed_front_w_m2"))
assert set(cells(r, "part_id")) == {0} and set(cells(a, "part_id")) == {1}
assert cells(r, "tube").max() > 0

blocks = vtkXMLMultiBlockDataReader()
blocks.SetFileName(os.path.join(folder, "model.vtm"))
blocks.Update()
assert blocks.GetOutput().GetNumberOfBlocks() == 3
print("VTK and summary agree:", ", ".join(f"{p} {g.GetNumberOfCells()} cells" for p, g in grids.items()))
