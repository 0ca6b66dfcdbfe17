#!/usr/bin/env python3
"""Reads the frames of cases/leo_nadir_trackers.toml with the VTK library: the parts stand where orbit and joints put them."""
import math
import os
import re
import sys

import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkIOXML import vtkXMLUnstructuredGridReader

folder = sys.argv[1]
beta = math.radians(30.0)
period_s = 2.0 * math.pi * math.sqrt((6378.137e3 + 550e3) ** 3 / 3.986004418e14)


def points(frame, part):
    reader = vtkXMLUnstructuredGridReader()
    reader.SetFileName(os.path.join(folder, f"frame_{frame:04}_{part}.vtu"))
    reader.Update()
    assert reader.GetErrorCode() == 0
    return vtk_to_numpy(reader.GetOutput().GetPoints().GetData())


def normal(p):
    """Of the first wing, whose points come row by row."""
    n = np.cross(p[1] - p[0], p[len(p) // 2 - 1] - p[0])
    return n / np.linalg.norm(n)


text = open(os.path.join(folder, "history.pvd")).read()
times = [float(t) for t in re.findall(r'timestep="([^"]+)"', text)]
assert len(times) == 25, times
first = {part: points(0, part) for part in ("radiator", "array", "bus")}
for frame, time_s in enumerate(times):
    u = 2.0 * math.pi * time_s / period_s
    # Body axes: z to the zenith, x along the orbit normal, y against the velocity.
    sun = np.array([math.sin(beta), math.cos(beta) * math.sin(u), math.cos(beta) * math.cos(u)])
    array, radiator = points(frame, "array"), points(frame, "radiator")
    assert abs(normal(array) @ sun - math.cos(beta)) < 1e-5, f"array at {time_s} s: {normal(array)}"
    # Angles are linear between positions: the radiator is exact at those, near them between.
    assert abs(normal(radiator) @ sun) < 0.02, f"radiator at {time_s} s: {normal(radiator) @ sun}"
    assert np.array_equal(points(frame, "bus"), first["bus"])
    for part, p in (("array", array), ("radiator", radiator)):
        # Rigid, turning about its root's middle.
        for a, b in ((0, -1), (0, 1), (1, len(p) // 2 - 1)):
            length = np.linalg.norm(first[part][a] - first[part][b])
            assert abs(np.linalg.norm(p[a] - p[b]) - length) < 1e-6 * length
        # The slowest step turns the radiator by 0.9 degrees.
        assert frame in (0, 24) or np.abs(p - first[part]).max() > 0.01, f"{part} does not move by {time_s} s"
print(f"frames and orbit agree: {len(times)} frames")
