"""Cold plate of meshes/cold_plate.msh (or the file named) in scikit-fem: quadratic (or linear, `p1`) tetrahedra, coolant film on `wetted`.

cold_plate.py [MESH] [p1] [amg]: prints mean and extreme temperatures and seconds: the reference of cases/cold_plate.toml. `p1` is solved by
conjugate gradients with Jacobi, with PyAMG's smoothed aggregation (`amg`) instead; quadratic ones directly. Needs scikit-fem and meshio."""
import sys
import time

import numpy as np
from skfem import Basis, ElementTetP1, ElementTetP2, FacetBasis, MeshTet, BilinearForm, LinearForm, asm, solve

K, FILM, COOLANT_C, HEAT_W = 155.0, 2000.0, 40.0, 400.0
path = sys.argv[1] if len(sys.argv) > 1 else "meshes/cold_plate.msh"
linear = "p1" in sys.argv
start, start_cpu = time.perf_counter(), time.process_time()
mesh = MeshTet.load(path).scaled(1e-3)
read, read_cpu = time.perf_counter(), time.process_time()
element = ElementTetP1() if linear else ElementTetP2()
facet_element = element
basis = Basis(mesh, element)
# Underside and the rest of the outside by place.
under = mesh.facets_satisfying(lambda x: np.abs(x[2]) < 1e-9, boundaries_only=True)
wetted = np.setdiff1d(mesh.boundary_facets(), under)
wet, hot = FacetBasis(mesh, element, facets=wetted), FacetBasis(mesh, element, facets=under)
conduct = BilinearForm(lambda u, v, w: K * sum(a * b for a, b in zip(u.grad, v.grad)))
film = BilinearForm(lambda u, v, w: FILM * u * v)
one = LinearForm(lambda v, w: 1.0 * v)
area = asm(one, hot).sum()
matrix = asm(conduct, basis) + asm(film, wet)
right = HEAT_W / area * asm(one, hot) + FILM * COOLANT_C * asm(one, wet)
built, built_cpu = time.perf_counter(), time.process_time()
if linear and "amg" in sys.argv:
    import pyamg

    t = pyamg.smoothed_aggregation_solver(matrix.tocsr(), max_coarse=500).solve(right, tol=1e-8, accel="cg")
elif linear:
    from scipy.sparse.linalg import LinearOperator, cg

    diagonal = matrix.diagonal()
    jacobi = LinearOperator(matrix.shape, lambda r: r / diagonal)
    t, code = cg(matrix, right, rtol=1e-8, M=jacobi, maxiter=5000)
    assert code == 0
else:
    t = solve(matrix, right)
end, end_cpu = time.perf_counter(), time.process_time()
volume = asm(one, basis)
print(f"{mesh.nelements} tetrahedra, {basis.N} unknowns; seconds (and CPU): read {read - start:.1f} ({read_cpu - start_cpu:.1f}), "
      f"assembled {built - read:.1f} ({built_cpu - read_cpu:.1f}), solved {end - built:.1f} ({end_cpu - built_cpu:.1f})")
print(f"volume {volume.sum():.9e} m3, wetted {asm(one, wet).sum():.9e} m2")
print(f"mean {volume @ t / volume.sum():.4f} C, least {t.min():.4f} C, most {t.max():.4f} C")
print(f"underside mean {asm(one, hot) @ t / area:.4f} C; heat to coolant {asm(film, wet).dot(t).sum() - FILM * COOLANT_C * asm(one, wet).sum():.4f} W")
