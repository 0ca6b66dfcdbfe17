"""The cold plate of cold_plate.py in CalculiX: linear tetrahedra (C3D4) of a gmsh file, coolant film on `wetted`.

cold_plate_ccx.py MESH [SOLVER]: writes a deck beside the mesh, runs `ccx`, prints mean and extreme temperatures and seconds.
SOLVER is one of CalculiX's names, SPOOLES if absent. Needs meshio and ccx."""
import subprocess
import sys
import time

import meshio
import numpy as np

K, FILM, COOLANT_C, HEAT_W = 155.0, 2000.0, 40.0, 400.0
path = sys.argv[1]
solver = sys.argv[2] if len(sys.argv) > 2 else "SPOOLES"
deck = path.removesuffix(".msh") + "_ccx"
mesh = meshio.read(path)
points = mesh.points * 1e-3
cells = np.vstack([c.data for c in mesh.cells if c.type == "tetra"])
# Outer faces: those that occur once. CalculiX numbers the faces of a tetrahedron 123, 142, 243, 341.
local = np.array([[0, 1, 2], [0, 3, 1], [1, 3, 2], [2, 3, 0]])
faces = np.sort(cells[:, local].reshape(-1, 3), axis=1)
_, first, count = np.unique(faces, axis=0, return_index=True, return_counts=True)
outer = first[count == 1]
corners = points[faces[outer]]
under = np.abs(corners[:, :, 2]).max(axis=1) < 1e-9
area = 0.5 * np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
flux = HEAT_W / area[under].sum()
with open(deck + ".inp", "w") as f:
    f.write("*NODE, NSET=ALL\n")
    f.writelines(f"{k}, {x:.12g}, {y:.12g}, {z:.12g}\n" for k, (x, y, z) in enumerate(points, 1))
    f.write("*ELEMENT, TYPE=C3D4, ELSET=PLATE\n")
    f.writelines(f"{k}, {a}, {b}, {c}, {d}\n" for k, (a, b, c, d) in enumerate(cells + 1, 1))
    f.write(f"*MATERIAL, NAME=AL\n*CONDUCTIVITY\n{K}\n*SOLID SECTION, ELSET=PLATE, MATERIAL=AL\n")
    f.write(f"*INITIAL CONDITIONS, TYPE=TEMPERATURE\nALL, {COOLANT_C}\n")
    f.write(f"*STEP\n*HEAT TRANSFER, STEADY STATE, SOLVER={solver}\n*FILM\n")
    f.writelines(f"{n // 4 + 1}, F{n % 4 + 1}, {COOLANT_C}, {FILM}\n" for n in outer[~under])
    f.write("*DFLUX\n")
    f.writelines(f"{n // 4 + 1}, S{n % 4 + 1}, {flux:.12g}\n" for n in outer[under])
    f.write("*NODE PRINT, NSET=ALL\nNT\n*END STEP\n")
start = time.perf_counter()
subprocess.run(["ccx", "-i", deck], check=True, stdout=subprocess.DEVNULL)
seconds = time.perf_counter() - start
rows = [line.split() for line in open(deck + ".dat") if line.strip()]
t = np.full(len(points), np.nan)
for row in rows:
    if len(row) == 2 and row[0].isdigit():
        t[int(row[0]) - 1] = float(row[1])
edges = points[cells[:, 1:]] - points[cells[:, :1]]
volume = np.abs(np.linalg.det(edges)) / 6
print(f"{len(cells)} tetrahedra, {len(points)} unknowns, ccx {seconds:.1f} s")
print(f"mean {volume @ t[cells].mean(axis=1) / volume.sum():.4f} C, least {t[cells].min():.4f} C, most {t[cells].max():.4f} C")
