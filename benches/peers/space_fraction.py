"""Fraction of diffuse emission that reaches space from each quad of benches/rays.rs: quadrature over the quad of the exact
fraction from a point. Usage: space_fraction.py QUADS OUT [GAUSS_POINTS]; QUADS from `rays quads SCALE QUADS`.

From a point, a convex box hides the part of the hemisphere whose gnomonic image is the convex hull of its corners' images;
the images are united (shapely), and the fraction hidden by their union is Lambert's contour sum.
"""
import sys
from multiprocessing import Pool

import numpy as np
import shapely

BOXES = [((-1, -1, -1), (1, 1, 1)), ((1.5, -1, -0.02), (7.5, 1, 0.02)), ((-7.5, -1, -0.02), (-1.5, 1, 0.02))]
BOXES += [((-1, y0, z - 0.02), (1, y1, z + 0.02)) for y0, y1 in [(1.2, 2.2), (-2.2, -1.2)] for z in [0.6, -0.6]]
CORNERS = [np.array([[b[(k >> a) & 1][a] for a in range(3)] for k in range(8)], float) for b in BOXES]
EDGES = [(a, b) for a in range(8) for b in range(a) if bin(a ^ b).count("1") == 1]
HORIZON = 1e-5


def hull(corners):
    """Gnomonic image of the part of a box above the horizon; z up."""
    z = corners[:, 2]
    if z.max() <= HORIZON:
        return None
    points = [corners[z > HORIZON]]
    for a, b in EDGES:
        if (z[a] > HORIZON) != (z[b] > HORIZON):
            points.append((corners[a] + (corners[b] - corners[a]) * (HORIZON - z[a]) / (z[b] - z[a]))[None])
    points = np.concatenate(points)
    return shapely.convex_hull(shapely.multipoints(points[:, :2] / points[:, 2:]))


def contour(ring):
    r = np.column_stack([np.asarray(ring.coords), np.ones(len(ring.coords))])
    r /= np.linalg.norm(r, axis=1)[:, None]
    cross = np.cross(r[:-1], r[1:])
    sine = np.linalg.norm(cross, axis=1)
    angle = np.arctan2(sine, np.einsum("ij,ij->i", r[:-1], r[1:]))
    return abs(np.sum(np.where(sine > 0, angle * cross[:, 2] / np.maximum(sine, 1e-300), 0.0))) / (2 * np.pi)


def hidden(point, frame, own):
    images = [hull((c - point) @ frame) for k, c in enumerate(CORNERS) if k != own]
    union = shapely.union_all([i for i in images if i is not None])
    parts = getattr(union, "geoms", [union])
    return sum(contour(p.exterior) - sum(contour(h) for h in p.interiors) for p in parts if not p.is_empty)


def fraction(quad):
    origin, u, v = quad
    normal = np.cross(u, v)
    normal /= np.linalg.norm(normal)
    frame = np.column_stack([u / np.linalg.norm(u), np.cross(normal, u / np.linalg.norm(u)), normal])
    centre = origin + (u + v) / 2
    inside = [all(lo - 1e-6 <= x <= hi + 1e-6 for lo, x, hi in zip(b[0], centre, b[1])) for b in BOXES]
    rule = np.polynomial.legendre.leggauss(int(sys.argv[3]) if len(sys.argv) > 3 else 4)
    (x, wx), (y, wy) = (pieces(origin, edge, rule) for edge in (u, v))
    return 1 - sum(wa * wb * hidden(origin + a * u + b * v, frame, inside.index(True)) for a, wa in zip(x, wx) for b, wb in zip(y, wy))


def pieces(origin, edge, rule):
    """Points and weights along an edge, cut where it crosses the planes of the boxes' sides: the fraction bends there."""
    axis = int(np.argmax(abs(edge)))
    cuts = {(side[axis] - origin[axis]) / edge[axis] for b in BOXES for side in b}
    cuts = np.array([0.0, *sorted(c for c in cuts if 1e-9 < c < 1 - 1e-9), 1.0])
    width = np.diff(cuts)[:, None]
    return (cuts[:-1, None] + width * (rule[0] + 1) / 2).ravel(), (width * rule[1] / 2).ravel()


if __name__ == "__main__":
    quads = np.fromfile(sys.argv[1]).reshape(-1, 3, 3)
    with Pool() as pool:
        found = np.array(pool.map(fraction, quads, chunksize=16))
    found.tofile(sys.argv[2])
    print(f"{len(found)} quads, fraction to space {found.min():.6f} to {found.max():.6f}, mean {found.mean():.8f}")
