"""Conjugate gradients with Jacobi on the Poisson cube of benches/poisson.rs, by CuPy or torch: gpu_cg.py N [cuda|cpu] [TOLERANCE]

Cell-centred finite volumes on N^3 cells of a unit cube at 0 on its faces, unit source, CSR in f64, to a relative residual of
1e-8. Prints what ran it, iterations, seconds to solve, and the mean, which benches/poisson.rs prints too.
"""
import sys
import time

import numpy as np

CHECK = 10  # iterations between looks at the residual, each of which waits for the device


def cube(n):
    """Row starts, columns, values, diagonal."""
    cell = np.arange(n**3, dtype=np.int32).reshape(n, n, n)
    neighbours = np.full((n, n, n, 7), -1, np.int32)
    neighbours[1:, :, :, 0] = cell[:-1]
    neighbours[:, 1:, :, 1] = cell[:, :-1]
    neighbours[:, :, 1:, 2] = cell[:, :, :-1]
    neighbours[..., 3] = cell
    neighbours[:, :, :-1, 4] = cell[:, :, 1:]
    neighbours[:, :-1, :, 5] = cell[:, 1:]
    neighbours[:-1, :, :, 6] = cell[1:]
    neighbours = neighbours.reshape(-1, 7)
    there = neighbours >= 0
    count = there.sum(axis=1)
    diagonal = (6.0 + (7 - count)) / n  # a face on the outside is half a cell away: 2 instead of 1
    values = np.full(neighbours.shape, -1.0 / n)
    values[:, 3] = diagonal
    start = np.concatenate([[0], np.cumsum(count)]).astype(np.int32)
    return start, neighbours[there], values[there], diagonal


def on_device(where, start, column, value, diagonal):
    """The matrix, 1/diagonal, the right-hand side, and what waits for the device; in CuPy, else torch."""
    n = len(diagonal)
    if where == "cuda":
        try:
            import cupy
            import cupyx.scipy.sparse as sparse

            a = sparse.csr_matrix((cupy.asarray(value), cupy.asarray(column), cupy.asarray(start)), shape=(n, n))
            name = cupy.cuda.runtime.getDeviceProperties(0)["name"].decode()
            rhs = cupy.full(n, 1.0 / n)
            return f"CuPy {cupy.__version__}, {name}", a, 1 / cupy.asarray(diagonal), rhs, cupy.cuda.Device().synchronize
        except ImportError:
            pass
    import torch

    to = lambda x: torch.from_numpy(x).to(where)
    a = torch.sparse_csr_tensor(to(start), to(column), to(value), (n, n))
    name = torch.cuda.get_device_name() if where == "cuda" else f"CPU, {torch.get_num_threads()} threads"
    wait = torch.cuda.synchronize if where == "cuda" else lambda: None
    rhs = torch.full((n,), 1.0 / n, dtype=torch.float64, device=where)
    return f"torch {torch.__version__}, {name}", a, 1 / to(diagonal), rhs, wait


def solve(a, inverse, rhs, tolerance):
    x, r = 0 * rhs, rhs + 0
    p = inverse * r
    rz, goal, iterations = (r * p).sum(), tolerance**2 * float((rhs * rhs).sum()), 0
    while iterations < 100_000:
        ap = a @ p
        step = rz / (p * ap).sum()
        x += step * p
        r -= step * ap
        iterations += 1
        if iterations % CHECK == 0 and float((r * r).sum()) <= goal:
            break
        z = inverse * r
        before, rz = rz, (r * z).sum()
        p = z + (rz / before) * p
    return x, iterations


if __name__ == "__main__":
    n = int(sys.argv[1])
    where = sys.argv[2] if len(sys.argv) > 2 else "cuda"
    tolerance = float(sys.argv[3]) if len(sys.argv) > 3 else 1e-8
    name, a, inverse, rhs, wait = on_device(where, *cube(n))
    solve(a, inverse, rhs, 0.5)
    wait()
    begin = time.perf_counter()
    x, iterations = solve(a, inverse, rhs, tolerance)
    wait()
    seconds = time.perf_counter() - begin
    residual = float(((rhs - a @ x) ** 2).sum() / (rhs**2).sum()) ** 0.5
    print(
        f"{name}: {n}^3 cells, {iterations} iterations, {seconds:.3f} s to solve, {n**3 / seconds / 1e6:.1f} Mcell/s, "
        f"relative residual {residual:.1e}, mean {float(x.mean()):.10f}"
    )
