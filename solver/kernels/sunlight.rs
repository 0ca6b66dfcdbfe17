//! Sunlight on each surface at each orbit position, with shadowing.

use super::common::hash;
use super::ray::{BvhNode, Facet, LEAF, STACK, Vec3, World, affine, dot, inside, surface_normal, within, xyz};
use crate::backend::{Cpu, Real};

/// Replicates: independent shifts of the points.
pub const REPLICATES: usize = 8;
/// Points of a replicate that go through the tree together, at most.
pub const POINTS: usize = 32;
/// Step of the second coordinate from point to point: the golden ratio less one.
const GOLDEN: f32 = 0.618_034;
/// What `tests/contract.rs` compares with the WGSL constants.
#[expect(clippy::cast_possible_truncation, reason = "small constants")]
pub const CONSTANTS: &[(&str, u32)] = &[("REPLICATES", REPLICATES as u32), ("POINTS", POINTS as u32)];

crate::wgsl_struct! {
    /// Uniform of `shaders/sunlight.wgsl`.
    pub struct SunlightParams {
        /// Outputs of this launch: surfaces × positions.
        pub count: u32,
        /// Points of one replicate that go through the tree together, at most [`POINTS`].
        pub points: u32,
        /// Times that is done.
        pub passes: u32,
        /// Orbit positions.
        pub positions: u32,
        /// Seed of all shifts.
        pub seed: u32,
        /// Hits nearer than this are the surface itself, m.
        pub nearest_m: f32,
    }
}

crate::kernel! {
    /// `out_i` = lit fraction × cosine of a surface at position `i mod positions` (surfaces slowest), of each replicate, before
    /// eclipse.
    ///
    /// `sun`: unit vector to the Sun in the body frame, one per position. The points of a replicate are
    /// `((k + s_0)/n, k φ + s_1)` modulo 1, shifted by random s: evenly spread, independent from replicate to replicate. Their
    /// rays to the Sun are parallel: the prism `o + a u + b v + t d` that they fill goes through the tree once, and on a facet
    /// that it meets, the coordinates of the points hit are linear in a and b. Assumes: plane waves of sunlight.
    /// Truth: `environment::*` (F08, F11), `shadows::*`.
    Map sunlight(SunlightParams; nodes: BvhNode, facets: Facet, surfaces: u32, sun: [f32; 4]) -> [f32; 8],
    structs [BvhNode, Facet], with ["ray"]
}

fn cross(a: Vec3, b: Vec3) -> Vec3 {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// One coordinate `gradient · (p, 1)` of the frame that the prism spans.
struct Coordinate {
    gradient: [f32; 4],
    /// Bounds of a box where the coordinate is least, largest.
    least: [usize; 3],
    largest: [usize; 3],
}

impl Coordinate {
    fn new(factor: f32, direction: Vec3, origin: Vec3) -> Self {
        let g = direction.map(|x| factor * x);
        let least = std::array::from_fn(|axis| if g[axis] < 0.0 { axis + 3 } else { axis });
        Self { gradient: [g[0], g[1], g[2], -dot(g, origin)], least, largest: std::array::from_fn(|axis| 2 * axis + 3 - least[axis]) }
    }
    /// Least and largest value in the boxes of the four children.
    fn range(&self, n: &BvhNode) -> [[f32; 4]; 2] {
        let value = |bounds: &[usize; 3]| {
            let (x, y, z) = (&n.bound[bounds[0]], &n.bound[bounds[1]], &n.bound[bounds[2]]);
            let g = &self.gradient;
            let mut out = [0.0; 4];
            for k in 0..4 {
                out[k] = g[0] * x[k] + g[1] * y[k] + g[2] * z[k] + g[3];
            }
            out
        };
        [value(&self.least), value(&self.largest)]
    }
    /// Bound of the rounding of the coordinate, as `nearest` is one of a length.
    fn rounding(&self, nearest: f32) -> f32 {
        4.0 * nearest * (self.gradient[0].abs() + self.gradient[1].abs() + self.gradient[2].abs())
    }
}

/// Least and largest value of `c_0 + c_1 a + c_2 b` for a, b in 0..1.
fn extremes(c: [f32; 3]) -> (f32, f32) {
    (c[0] + c[1].min(0.0) + c[2].min(0.0), c[0] + c[1].max(0.0) + c[2].max(0.0))
}

/// A number for each point of a pass.
type OfPoints = [[f32; POINTS]; REPLICATES];

/// Points of one pass: coordinates along the facet's edges, and whether still lit, 1 or 0.
struct Points {
    a: OfPoints,
    b: OfPoints,
    lit: OfPoints,
}

impl Points {
    #[expect(clippy::cast_precision_loss, reason = "small integers")]
    fn new(from: &Facet, count: u32, shift: impl Fn(usize) -> [f32; 2]) -> Self {
        let mut points = Self { a: [[0.0; POINTS]; REPLICATES], b: [[0.0; POINTS]; REPLICATES], lit: [[1.0; POINTS]; REPLICATES] };
        for r in 0..REPLICATES {
            let s = shift(r);
            for k in 0..POINTS {
                let y = k as f32 * GOLDEN + s[1];
                [points.a[r][k], points.b[r][k]] = inside(from, (k as f32 + s[0]) / count as f32, y - y.floor());
            }
        }
        points
    }

    /// Takes the light from points where t is beyond `nearest` and (x, y) lies in an outline, all linear in a and b.
    fn shade(&mut self, outline: f32, nearest: f32, [t, x, y]: [[f32; 3]; 3]) {
        pulp::Arch::new().dispatch(Shade { points: self, outline, nearest, t, x, y });
    }
}

/// What [`Points::shade`] says, for the widest vectors of the processor at hand.
struct Shade<'a> {
    points: &'a mut Points,
    outline: f32,
    nearest: f32,
    t: [f32; 3],
    x: [f32; 3],
    y: [f32; 3],
}

impl pulp::WithSimd for Shade<'_> {
    type Output = ();
    #[inline(always)]
    #[expect(clippy::manual_range_contains, clippy::needless_range_loop, reason = "becomes vector instructions as it stands")]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let Self { points, outline, nearest, t, x, y } = self;
        for ((a, b), lit) in points.a.iter().zip(&points.b).zip(&mut points.lit) {
            let at = |c: [f32; 3], k: usize| c[0] + c[1] * a[k] + c[2] * b[k];
            if outline == 0.0 {
                for k in 0..POINTS {
                    let (x, y) = (at(x, k), at(y, k));
                    let shaded = (x >= 0.0) & (x <= 1.0) & (y >= 0.0) & (y <= 1.0) & (at(t, k) > nearest);
                    lit[k] = if shaded { 0.0 } else { lit[k] };
                }
            } else {
                for k in 0..POINTS {
                    let shaded = within(outline, at(x, k), at(y, k)) & (at(t, k) > nearest);
                    lit[k] = if shaded { 0.0 } else { lit[k] };
                }
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "counts are far below 2^24")]
fn element<R: Real>(u: &SunlightParams, x: &Inputs<'_, Cpu<R>>, _: [f32; 8], i: usize) -> [f32; 8] {
    let w = World { nodes: x.nodes, facets: x.facets };
    let i = i as u32;
    let code = x.surfaces[(i / u.positions) as usize];
    let direction = xyz(x.sun[(i % u.positions) as usize]);
    let cosine = dot(surface_normal(&w, code), direction);
    if cosine <= 0.0 {
        return [0.0; REPLICATES];
    }
    let from = &w.facets[(code >> 1) as usize];
    let origin = xyz(from.origin);
    let (edge_u, edge_v, normal) = (xyz(from.edge_u), xyz(from.edge_v), xyz(from.plane));
    let along = 1.0 / dot(direction, normal);
    let size = dot(cross(edge_u, edge_v), normal);
    let of_a = Coordinate::new(along / size, cross(edge_v, direction), origin);
    let of_b = Coordinate::new(along / size, cross(direction, edge_u), origin);
    let of_t = Coordinate::new(along, normal, origin);
    let (slack_a, slack_b, slack_t) = (of_a.rounding(u.nearest_m), of_b.rounding(u.nearest_m), of_t.rounding(u.nearest_m));
    let seed = hash(u.seed ^ hash(i));
    let mut sum = [0.0; REPLICATES];
    for pass in 0..u.passes {
        let uniform = |k: u32| (hash(seed.wrapping_add(k)) >> 8) as f32 * 5.960_464_5e-8;
        let first = 2 * pass * REPLICATES as u32;
        let shift = |r: usize| [uniform(first + 2 * r as u32), uniform(first + 2 * r as u32 + 1)];
        // Made when a facet shades some of them.
        let mut points: Option<Points> = None;
        let mut stack = [0; STACK];
        let mut depth = 1;
        while depth > 0 {
            depth -= 1;
            let child: u32 = stack[depth];
            if child & LEAF != 0 {
                let facet = &w.facets[(child & !LEAF) as usize];
                let slope = dot(xyz(facet.plane), direction);
                if child & !LEAF == code >> 1 || slope.abs() <= 1e-9 {
                    continue;
                }
                // Linear functions of a and b: the distance to the facet, and the coordinates along its edges there.
                let linear = |dual: [f32; 4], t: [f32; 3]| {
                    let turn = dot(xyz(dual), direction);
                    [affine(dual, origin) + t[0] * turn, dot(xyz(dual), edge_u) + t[1] * turn, dot(xyz(dual), edge_v) + t[2] * turn]
                };
                let t = linear(facet.plane, [0.0; 3]).map(|c| -c / slope);
                let (x, y) = (linear(facet.dual_u, t), linear(facet.dual_v, t));
                let ((t0, t1), (x0, x1), (y0, y1)) = (extremes(t), extremes(x), extremes(y));
                if t1 <= u.nearest_m || x1 < 0.0 || x0 > 1.0 || y1 < 0.0 || y0 > 1.0 {
                    continue;
                }
                if facet.origin[3] == 0.0 && t0 > u.nearest_m && x0 >= 0.0 && x1 <= 1.0 && y0 >= 0.0 && y1 <= 1.0 {
                    return [0.0; REPLICATES];
                }
                points.get_or_insert_with(|| Points::new(from, u.points, shift)).shade(facet.origin[3], u.nearest_m, [t, x, y]);
                continue;
            }
            let n = &w.nodes[child as usize];
            let ([a0, a1], [b0, b1], [_, t1]) = (of_a.range(n), of_b.range(n), of_t.range(n));
            for k in 0..4 {
                let across = (a1[k] >= -slack_a) & (a0[k] <= 1.0 + slack_a) & (b1[k] >= -slack_b) & (b0[k] <= 1.0 + slack_b);
                if across & (t1[k] >= -slack_t) {
                    stack[depth] = n.child[k];
                    depth += 1;
                }
            }
        }
        for (r, sum) in sum.iter_mut().enumerate() {
            *sum += points.as_ref().map_or(u.points as f32, |p| p.lit[r][..u.points as usize].iter().sum());
        }
    }
    sum.map(|s| cosine * s / (u.points * u.passes) as f32)
}
