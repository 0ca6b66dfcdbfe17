//! Rays of one surface on the host, sorted by direction: the shaft that the rays of a cell of directions fill goes
//! through the tree once, and the cell's rays try only the facets found in it. Each meets what it meets in [`trace`]; a ray that
//! grazes an edge or its own plane may go either way.
//!
//! Source: ray classification (Arvo and Kirk 1987), here for the rays of one surface. Loops over rays and facets are compiled for
//! several widths of vectors, and the processor at hand chooses (crate `pulp`); no width changes a result.

use super::ray::{
    BvhNode, Facet, LEAF, MISS, STACK, Vec3, World, affine, around, disc, dot, facet_point, surface_normal, trace, within, xyz,
};
use pulp::{Arch, Simd, WithSimd};

/// Rays of a surface that are sorted together.
pub const BLOCK: usize = 1 << 14;
/// Rays that try facets together; a cell has as many or more on average, where there are enough.
const LANES: usize = 64;
/// Facets side by side.
const WIDE: usize = 16;
/// Facets that a cell's rays try, at most: of more the tree is faster.
const MOST_TRIED: usize = 128;
/// Facets of a coarse cell, at most; of a cell, at most for each of its rays; of a scene: of more it takes longer to find them than
/// to trace the rays.
const MOST_FOUND: (usize, usize, usize) = (1024, 2, 64);

/// Directions around an axis.
#[derive(Clone, Copy, Debug)]
pub enum Fan {
    /// Of the half space, by the cosine (Malley's method).
    Diffuse(Vec3),
    /// Of a cone, uniform in solid angle: axis, and 1 less the cosine of half the opening.
    Cone(Vec3, f32),
}

impl Fan {
    #[inline(always)]
    fn axis(&self) -> Vec3 {
        match *self {
            Self::Diffuse(axis) | Self::Cone(axis, _) => axis,
        }
    }
    /// Sine over r, and cosine, of the angle from the axis at the point of the unit disc whose r² is given.
    #[inline(always)]
    pub fn angle(&self, square: f32) -> [f32; 2] {
        match *self {
            Self::Diffuse(_) => [1.0, (1.0 - square).max(0.0).sqrt()],
            Self::Cone(_, cap) => {
                let h = square * cap;
                [(cap * (2.0 - h)).max(0.0).sqrt(), 1.0 - h]
            }
        }
    }
    /// The direction that a point of the unit square stands for.
    #[inline(always)]
    pub fn direction(&self, u: f32, v: f32) -> Vec3 {
        let q = disc(u, v);
        let [stretch, z] = self.angle(q[0] * q[0] + q[1] * q[1]);
        around(self.axis(), q[0] * stretch, q[1] * stretch, z)
    }
}

/// A cell of the unit square by its image in the unit disc: radii, and azimuths less than a right angle from its middle.
#[derive(Clone, Copy, Debug)]
struct Cell {
    least_r: f32,
    largest_r: f32,
    middle: [f32; 2],
    /// First and last azimuth as unit vectors.
    first: [f32; 2],
    last: [f32; 2],
    /// Cosine of the largest difference from the azimuth of the middle.
    apart: f32,
}

/// The cells of a square cut `cuts` times each way, `cuts` even.
#[expect(clippy::cast_precision_loss, reason = "small integers")]
fn square(cuts: usize) -> Vec<Cell> {
    let cell = |c: usize| {
        let at = |x: f32, y: f32| disc(((c % cuts) as f32 + x) / cuts as f32, ((c / cuts) as f32 + y) / cuts as f32);
        let middle = at(0.5, 0.5);
        let ends = [c % cuts, c / cuts].map(|i| [i, i + 1].map(|i| (2.0 * i as f32 / cuts as f32 - 1.0).abs()));
        let [[a0, a1], [b0, b1]] = ends.map(|[p, q]| [p.min(q), p.max(q)]);
        let corners = [at(0.0, 0.0), at(1.0, 0.0), at(0.0, 1.0), at(1.0, 1.0)];
        let azimuth = |q: &[f32; 2]| (middle[0] * q[1] - middle[1] * q[0]).atan2(middle[0] * q[0] + middle[1] * q[1]);
        let azimuths = corners.iter().filter(|q| **q != [0.0; 2]).map(azimuth);
        let (low, high) = azimuths.fold((0.0_f32, 0.0_f32), |(low, high), x| (low.min(x), high.max(x)));
        let from_middle = |angle: f32| {
            let (s, c) = (angle + middle[1].atan2(middle[0])).sin_cos();
            [c, s]
        };
        let (first, last) = (from_middle(low), from_middle(high));
        Cell { least_r: a0.max(b0), largest_r: a1.max(b1), middle, first, last, apart: high.max(-low).cos() }
    };
    (0..cuts * cuts).map(cell).collect()
}

/// Largest (`sign` 1) or least (−1) value of `n · p` on a facet, for an ellipse on its parallelogram.
fn extreme(facet: &Facet, n: Vec3, sign: f32) -> f32 {
    let (u, v) = (sign * dot(n, xyz(facet.edge_u)), sign * dot(n, xyz(facet.edge_v)));
    let rise = if facet.origin[3] == 2.0 { u.max(v).max(0.0) } else { u.max(0.0) + v.max(0.0) };
    dot(n, xyz(facet.origin)) + sign * rise
}

/// What the rays of a cell from a facet fill: `planes · (p, 1) ≥ 0`.
struct Shaft {
    planes: [[f32; 4]; 5],
    /// Bounds of a box where each plane's value is largest.
    largest: [[usize; 3]; 5],
    /// `middle · (p, 1)` is not more than the distance of p from any of the facet's points.
    middle: [f32; 4],
}

impl Shaft {
    /// Of the rays of a cell from a facet's side with outward `normal`.
    ///
    /// With s₀, c₀ to s₁, c₁ the sines and cosines of the least and largest angle from the axis z, and e the cell's middle azimuth,
    /// directions d have `s₁ d_z ≥ c₁ e·d` and `c₀ e·d ≥ cos δ s₀ d_z`, δ the largest difference from that azimuth.
    fn new(cell: &Cell, fan: &Fan, from: &Facet, normal: Vec3, slack: f32) -> Self {
        let angle = |r: f32| {
            let [stretch, cosine] = fan.angle(r * r);
            [r * stretch, cosine]
        };
        let world = |x: f32, y: f32, z: f32| around(fan.axis(), x, y, z);
        let [[s0, c0], [s1, c1]] = [angle(cell.least_r), angle(cell.largest_r)];
        let r = cell.middle[0].hypot(cell.middle[1]);
        let e = cell.middle.map(|x| x / r);
        let [s, c] = angle(r);
        let normals = [
            world(-cell.first[1], cell.first[0], 0.0),
            world(cell.last[1], -cell.last[0], 0.0),
            world(-c1 * e[0], -c1 * e[1], s1),
            world(c0 * e[0], c0 * e[1], -cell.apart * s0),
            normal,
        ];
        let m = world(s * e[0], s * e[1], c);
        let planes = normals.map(|n| [n[0], n[1], n[2], slack - extreme(from, n, -1.0)]);
        let largest = planes.map(|p| std::array::from_fn(|axis| if p[axis] < 0.0 { axis } else { axis + 3 }));
        Self { planes, largest, middle: [m[0], m[1], m[2], -extreme(from, m, 1.0)] }
    }

    /// A bit for each child whose box it meets.
    fn enters(&self, n: &BvhNode) -> u32 {
        let mut met = [true; 4];
        for (p, at) in self.planes.iter().zip(&self.largest) {
            let (x, y, z) = (&n.bound[at[0]], &n.bound[at[1]], &n.bound[at[2]]);
            for k in 0..4 {
                met[k] &= p[0] * x[k] + p[1] * y[k] + p[2] * z[k] + p[3] >= 0.0;
            }
        }
        (0..4).fold(0, |bits, k| bits | u32::from(met[k]) << k)
    }

    /// Facets but `own` whose boxes it meets; false if they are more than `most`.
    fn find(&self, w: &World<'_>, own: u32, most: usize, found: &mut Vec<(f32, u32)>) -> bool {
        found.clear();
        let mut stack = [0; STACK];
        let mut depth = 1;
        while depth > 0 && found.len() <= most {
            depth -= 1;
            let n = &w.nodes[stack[depth] as usize];
            let mut met = self.enters(n);
            while met != 0 {
                let child = n.child[met.trailing_zeros() as usize];
                met &= met - 1;
                if child & LEAF == 0 {
                    stack[depth] = child;
                    depth += 1;
                } else if child & !LEAF != own {
                    found.push((0.0, child & !LEAF));
                }
            }
        }
        found.len() <= most
    }
}

/// Corner, first and second edge, each x, y, z, and outline of some facets.
type Shapes = [[f32; WIDE]; 10];

/// Facets that rays may meet, side by side, nearest first, each with the least distance at which that may be.
#[derive(Clone, Debug, Default)]
struct Candidates {
    facets: Vec<(f32, u32)>,
    shapes: Vec<Shapes>,
    inside: Vec<[bool; WIDE]>,
}

impl Candidates {
    /// The facets that a shaft holds, in `chosen`; false if their boxes are more than `most`. Those that do not rise above the plane
    /// they are seen from by more than `rounding` are not among them.
    fn of(
        &mut self,
        w: &World<'_>,
        shaft: &Shaft,
        (own, most, rounding): (u32, usize, f32),
        chosen: &mut Vec<(f32, u32)>,
    ) -> bool {
        if !shaft.find(w, own, most, chosen) {
            return false;
        }
        for (least, f) in &mut *chosen {
            *least = extreme(&w.facets[*f as usize], xyz(shaft.middle), -1.0) + shaft.middle[3];
        }
        self.load(w, chosen);
        let mut planes = shaft.planes;
        planes[4][3] -= rounding;
        self.choose(&planes, chosen);
        chosen.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        true
    }

    fn load(&mut self, w: &World<'_>, facets: &[(f32, u32)]) {
        self.facets.clear();
        self.facets.extend(facets);
        self.shapes.resize(facets.len().div_ceil(WIDE), [[0.0; WIDE]; 10]);
        self.inside.resize(self.shapes.len(), [false; WIDE]);
        for (some, shapes) in facets.chunks(WIDE).zip(&mut self.shapes) {
            for (k, &(_, f)) in some.iter().enumerate() {
                let f = &w.facets[f as usize];
                for axis in 0..3 {
                    [shapes[axis][k], shapes[3 + axis][k], shapes[6 + axis][k]] =
                        [f.origin[axis], f.edge_u[axis], f.edge_v[axis]];
                }
                shapes[9][k] = f.origin[3];
            }
        }
    }

    /// Those with a point for each plane where `plane · (p, 1) ≥ 0`.
    fn choose(&mut self, planes: &[[f32; 4]], chosen: &mut Vec<(f32, u32)>) {
        Arch::new().dispatch(Inside { shapes: &self.shapes, planes, inside: &mut self.inside });
        chosen.clear();
        let all = self.facets.iter().zip(self.inside.as_flattened());
        chosen.extend(all.filter(|(_, inside)| **inside).map(|(f, _)| *f));
    }
}

struct Inside<'a> {
    shapes: &'a [Shapes],
    planes: &'a [[f32; 4]],
    inside: &'a mut [[bool; WIDE]],
}

impl WithSimd for Inside<'_> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let larger = |a: f32, b: f32| if a > b { a } else { b };
        for (shape, inside) in self.shapes.iter().zip(self.inside) {
            let mut least = [1e30_f32; WIDE];
            for p in self.planes {
                for k in 0..WIDE {
                    let along = |a: usize| p[0] * shape[a][k] + p[1] * shape[a + 1][k] + p[2] * shape[a + 2][k];
                    let (u, v) = (larger(along(3), 0.0), larger(along(6), 0.0));
                    let rise = if shape[9][k] == 2.0 { larger(u, v) } else { u + v };
                    let height = along(0) + p[3] + rise;
                    least[k] = if height < least[k] { height } else { least[k] };
                }
            }
            *inside = least.map(|x| x >= 0.0);
        }
    }
}

/// A number for each ray of a group.
type OfRays = [f32; LANES];

/// Rays that try facets together.
struct Group {
    start: [OfRays; 3],
    direction: [OfRays; 3],
    distance: OfRays,
    code: [u32; LANES],
}

impl Group {
    #[inline(always)]
    fn new(from: &Facet, fan: Fan, points: &[OfRays; 4]) -> Self {
        let mut group =
            Self { start: [[0.0; LANES]; 3], direction: [[0.0; LANES]; 3], distance: [1e30; LANES], code: [MISS; LANES] };
        let [s, t, u, v] = points;
        for k in 0..LANES {
            let (start, direction) = (facet_point(from, s[k], t[k]), fan.direction(u[k], v[k]));
            for axis in 0..3 {
                group.start[axis][k] = start[axis];
                group.direction[axis][k] = direction[axis];
            }
        }
        group
    }

    /// Meets a facet where it is nearer than what was met before; the arithmetic is that of [`trace`].
    #[inline(always)]
    fn try_facet(&mut self, f: u32, facet: &Facet, outline: f32, nearest: f32) {
        let ([sx, sy, sz], [dx, dy, dz]) = (&self.start, &self.direction);
        for k in 0..LANES {
            let (start, direction) = ([sx[k], sy[k], sz[k]], [dx[k], dy[k], dz[k]]);
            let slope = dot(xyz(facet.plane), direction);
            let distance = -affine(facet.plane, start) / slope;
            let p = std::array::from_fn(|axis| start[axis] + distance * direction[axis]);
            let before = (distance > nearest) & (distance < self.distance[k]) & (slope.abs() > 1e-9);
            let met = before & within(outline, affine(facet.dual_u, p), affine(facet.dual_v, p));
            self.distance[k] = if met { distance } else { self.distance[k] };
            // Not a choice between two values, which would become a branch.
            let mask = 0_u32.wrapping_sub(u32::from(met));
            self.code[k] = mask & (2 * f + u32::from(slope > 0.0)) | !mask & self.code[k];
        }
    }

    /// Largest distance: bits of positive numbers are in their order.
    #[inline(always)]
    fn reach(&self) -> f32 {
        f32::from_bits(self.distance.iter().fold(0, |most, d| most.max(d.to_bits())))
    }
}

/// What a group of rays meets of some facets, nearest first.
struct Meet<'a> {
    w: &'a World<'a>,
    from: &'a Facet,
    fan: Fan,
    points: &'a [OfRays; 4],
    tried: &'a [(f32, u32)],
    nearest: f32,
}

impl WithSimd for Meet<'_> {
    type Output = [u32; LANES];
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> [u32; LANES] {
        // Each fan has loops of its own.
        let mut group = match self.fan {
            Fan::Diffuse(axis) => Group::new(self.from, Fan::Diffuse(axis), self.points),
            Fan::Cone(axis, cap) => Group::new(self.from, Fan::Cone(axis, cap), self.points),
        };
        for &(least, f) in self.tried {
            if least > group.reach() {
                break;
            }
            let facet = &self.w.facets[f as usize];
            // Parallelograms take a loop without the other outlines.
            if facet.origin[3] == 0.0 {
                group.try_facet(f, facet, 0.0, self.nearest);
            } else {
                group.try_facet(f, facet, facet.origin[3], self.nearest);
            }
        }
        group.code
    }
}

/// Room for the rays of a block.
#[derive(Clone, Debug, Default)]
pub struct Room {
    /// Points of the four-dimensional unit cube: origins and directions of the rays.
    pub points: Vec<[f32; 4]>,
    order: Vec<u32>,
    first: Vec<usize>,
    next: Vec<usize>,
    coarse: Vec<Cell>,
    fine: Vec<Cell>,
    found: Vec<(f32, u32)>,
    candidates: Candidates,
}

impl Room {
    /// Sorts the points by the cells of a square cut `cuts` times.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "small numbers")]
    fn sort(&mut self, cuts: usize) {
        let cell = |p: &[f32; 4]| (p[3] * cuts as f32) as usize * cuts + (p[2] * cuts as f32) as usize;
        self.first.clear();
        self.first.resize(cuts * cuts + 1, 0);
        self.points.iter().for_each(|p| self.first[cell(p) + 1] += 1);
        (0..cuts * cuts).for_each(|c| self.first[c + 1] += self.first[c]);
        self.next.clone_from(&self.first);
        self.order.resize(self.points.len(), 0);
        for (k, p) in (0..).zip(&self.points) {
            let at = &mut self.next[cell(p)];
            self.order[*at] = k;
            *at += 1;
        }
    }
}

/// Code of what each ray of a surface (2 × facet + side) meets first, for the points in `room`. Those that leave towards the back
/// of the side meet whatever.
///
/// Truth: `view_factors::sorted_rays_meet_what_single_rays_meet`.
pub fn meet(w: &World<'_>, code: u32, fan: Fan, nearest: f32, room: &mut Room, met: &mut [u32]) {
    let (normal, own) = (surface_normal(w, code), code >> 1);
    let from = &w.facets[own as usize];
    let alone = |p: [f32; 4]| {
        let direction = fan.direction(p[2], p[3]);
        if dot(normal, direction) <= 0.0 {
            return MISS;
        }
        trace(w, facet_point(from, p[0], p[1]), direction, nearest, own, false).code
    };
    let count = room.points.len();
    if w.facets.len() > MOST_FOUND.2 * count {
        return met.iter_mut().zip(&room.points).for_each(|(met, p)| *met = alone(*p));
    }
    let mut cuts = 2;
    while 4 * cuts * cuts * LANES <= count {
        cuts *= 2;
    }
    // Cells of a coarse one each way.
    let parts = [1, 2, 4][usize::from(cuts >= 4) + usize::from(cuts >= 16)];
    let wide = cuts / parts;
    if room.fine.len() != cuts * cuts {
        (room.fine, room.coarse) = (square(cuts), square(wide));
    }
    room.sort(cuts);
    let Room { points, order, first, coarse, fine, found, candidates, .. } = room;
    let slack = 8.0 * nearest;
    let rounding = slack + nearest;
    for (c, cell) in coarse.iter().enumerate() {
        let shaft = Shaft::new(cell, &fan, from, normal, slack);
        let most = MOST_FOUND.0.min(MOST_FOUND.1 * count / coarse.len());
        let together = candidates.of(w, &shaft, (own, most, rounding), found);
        if together {
            candidates.load(w, found);
        }
        // Where cells hold too much together, whether each is tried.
        let mut hope = parts > 1;
        for part in 0..parts * parts {
            let c = (c / wide * parts + part / parts) * cuts + c % wide * parts + part % parts;
            let rays = &order[first[c]..first[c + 1]];
            let shaft = Shaft::new(&fine[c], &fan, from, normal, slack);
            if together {
                candidates.choose(&shaft.planes[..4], found);
            } else {
                hope = hope && candidates.of(w, &shaft, (own, MOST_FOUND.1 * rays.len(), rounding), found);
            }
            if !(together || hope) || found.len() > MOST_TRIED {
                rays.iter().for_each(|&k| met[k as usize] = alone(points[k as usize]));
            } else if found.is_empty() {
                rays.iter().for_each(|&k| met[k as usize] = MISS);
            } else {
                for some in rays.chunks(LANES) {
                    let mut of_group = [[0.0; LANES]; 4];
                    for (lane, &k) in some.iter().enumerate() {
                        (0..4).for_each(|d| of_group[d][lane] = points[k as usize][d]);
                    }
                    let group = Meet { w, from, fan, points: &of_group, tried: found, nearest };
                    some.iter().zip(Arch::new().dispatch(group)).for_each(|(&k, code)| met[k as usize] = code);
                }
            }
        }
    }
}
