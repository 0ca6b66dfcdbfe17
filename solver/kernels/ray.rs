//! Twin of `shaders/ray.wgsl`: the facets rays start from, and the tree they are traced through.
//!
//! Rays are f32 on every backend, so that both meet the same facets; their noise is far above f32 rounding.

#![expect(clippy::many_single_char_names, reason = "the letters of the geometry")]

/// Code of a ray that met nothing.
pub const MISS: u32 = u32::MAX;
/// Entries of the traversal stack; a tree that may need more is refused when it is built.
pub const STACK: usize = 48;
/// Bit of a child that is a facet.
pub const LEAF: u32 = 1 << 31;
/// Coordinate of the box of a child that is not there, m: no ray gets so far.
pub const NOWHERE_M: f32 = 1e35;
/// What `tests/contract.rs` compares with the WGSL constants.
#[expect(clippy::cast_possible_truncation, reason = "a small constant")]
pub const CONSTANTS: &[(&str, u32)] = &[("MISS", MISS), ("STACK", STACK as u32), ("LEAF", LEAF)];

crate::wgsl_struct! {
    /// A node of the tree: the boxes of its four children, and what they are: another node, or [`LEAF`] and a facet.
    pub struct BvhNode {
        /// Coordinates of the four boxes, m: lowest x, y, z, highest x, y, z.
        pub bound: [[f32; 4]; 6],
        /// The children.
        pub child: [u32; 4],
    }
}

crate::wgsl_struct! {
    /// A flat two-sided surface: the parallelogram `origin + a u + b v`, a, b in 0..1 (`origin.w` = 0), the ellipse
    /// inscribed in it (1), or its half with a + b ≤ 1 (2).
    ///
    /// In its plane, `dual_u · (p, 1)` = a and `dual_v · (p, 1)` = b; `plane · (p, 1)` is the height above it.
    pub struct Facet {
        /// Corner, m; w: 0 parallelogram, 1 ellipse, 2 triangle.
        pub origin: [f32; 4],
        /// First edge, m.
        pub edge_u: [f32; 4],
        /// Second edge, m.
        pub edge_v: [f32; 4],
        /// Unit normal of the front side; w: less the height of the plane above the coordinates' origin, m.
        pub plane: [f32; 4],
        /// Reciprocal of `edge_u` in the facet's plane, 1/m; w: less its product with the corner.
        pub dual_u: [f32; 4],
        /// Reciprocal of `edge_v` in the facet's plane, 1/m; w: less its product with the corner.
        pub dual_v: [f32; 4],
    }
}

/// What a ray met.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// 2 × facet, plus 1 for the back side; or [`MISS`].
    pub code: u32,
    /// Distance, m.
    pub distance: f32,
}

/// The tree and facets a ray is traced through.
#[derive(Clone, Copy, Debug)]
pub struct World<'a> {
    /// Tree.
    pub nodes: &'a [BvhNode],
    /// Facets in the order of the tree's leaves.
    pub facets: &'a [Facet],
}

/// A three-vector in f32.
pub type Vec3 = [f32; 3];

/// First three components.
#[inline]
pub fn xyz(v: [f32; 4]) -> Vec3 {
    [v[0], v[1], v[2]]
}
/// Scalar product.
#[inline]
pub fn dot(a: Vec3, b: Vec3) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
#[inline]
fn add(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}
#[inline]
fn scale(s: f32, a: Vec3) -> Vec3 {
    [s * a[0], s * a[1], s * a[2]]
}

/// Sine and cosine for |x| ≤ π/4, to 1e-7: Taylor polynomials (WGSL promises only 2⁻¹¹ for its own).
#[inline]
fn sine_cosine(x: f32) -> (f32, f32) {
    let y = x * x;
    let s = x * (1.0 - y * (0.166_666_66 - y * (0.008_333_333 - y * (0.000_198_412_7 - y * 2.755_731_9e-6))));
    let c = 1.0 - y * (0.5 - y * (0.041_666_668 - y * (0.001_388_888_9 - y * 2.480_158_7e-5)));
    (s, c)
}

/// The unit square onto the unit disc, preserving area (Shirley and Chiu 1997).
#[inline]
pub fn disc(u: f32, v: f32) -> [f32; 2] {
    let (a, b) = (2.0 * u - 1.0, 2.0 * v - 1.0);
    let wide = a.abs() > b.abs();
    let (long, short) = if wide { (a, b) } else { (b, a) };
    let ratio = if long == 0.0 { 0.0 } else { short / long };
    let (s, c) = sine_cosine(std::f32::consts::FRAC_PI_4 * ratio);
    if wide { [long * c, long * s] } else { [long * s, long * c] }
}

/// The coordinates along a facet's edges of a point uniform in its area, from two numbers in 0..1. Triangles by the map of
/// Heitz (2019), which is continuous.
#[inline]
pub fn inside(facet: &Facet, u: f32, v: f32) -> [f32; 2] {
    if facet.origin[3] == 0.0 {
        return [u, v];
    }
    if facet.origin[3] == 2.0 {
        return if v > u { [0.5 * u, v - 0.5 * u] } else { [u - 0.5 * v, 0.5 * v] };
    }
    let q = disc(u, v);
    [0.5 + 0.5 * q[0], 0.5 + 0.5 * q[1]]
}

/// A point of a facet from two numbers in 0..1, uniform in area.
#[inline]
pub fn facet_point(facet: &Facet, u: f32, v: f32) -> Vec3 {
    let [a, b] = inside(facet, u, v);
    add(add(xyz(facet.origin), scale(a, xyz(facet.edge_u))), scale(b, xyz(facet.edge_v)))
}

/// Outward unit normal of a surface: `code` is 2 × facet, plus 1 for the back side.
pub fn surface_normal(w: &World<'_>, code: u32) -> Vec3 {
    let n = xyz(w.facets[(code >> 1) as usize].plane);
    if code & 1 == 1 { scale(-1.0, n) } else { n }
}

/// A vector from its components in the frame (tangent, bitangent, axis) around a unit axis (Duff et al. 2017).
#[inline]
pub fn around(axis: Vec3, x: f32, y: f32, z: f32) -> Vec3 {
    let s = if axis[2] < 0.0 { -1.0 } else { 1.0 };
    let a = -1.0 / (s + axis[2]);
    let b = axis[0] * axis[1] * a;
    let tangent = [1.0 + s * axis[0] * axis[0] * a, s * b, -s * axis[0]];
    let bitangent = [b, s + axis[1] * axis[1] * a, -axis[1]];
    add(add(scale(x, tangent), scale(y, bitangent)), scale(z, axis))
}

/// `a · (p, 1)`.
#[inline]
pub fn affine(a: [f32; 4], p: Vec3) -> f32 {
    a[0] * p[0] + a[1] * p[1] + a[2] * p[2] + a[3]
}

/// Whether coordinates along a facet's edges lie in its outline.
#[expect(clippy::manual_range_contains, reason = "no branches, so that loops over points become vector instructions")]
#[inline]
pub fn within(outline: f32, a: f32, b: f32) -> bool {
    let (p, q) = (2.0 * a - 1.0, 2.0 * b - 1.0);
    let cut = if outline == 2.0 { a + b <= 1.0 } else { p * p + q * q <= 1.0 };
    (a >= 0.0) & (a <= 1.0) & (b >= 0.0) & (b <= 1.0) & ((outline == 0.0) | cut)
}

fn safe_inverse(x: f32) -> f32 {
    if x.abs() < 1e-20 { 1e20 } else { 1.0 / x }
}

/// Distances at which a ray enters the children's boxes, and a bit for each that it enters before `limit`. `near` are the bounds
/// that the ray meets first, `far` the opposite ones.
fn entries(n: &BvhNode, start: Vec3, inverse: Vec3, near: [usize; 3], far: [usize; 3], limit: f32) -> ([f32; 4], u32) {
    let (mut enter, mut leave) = ([0.0_f32; 4], [limit; 4]);
    for axis in 0..3 {
        let (first, last) = (&n.bound[near[axis]], &n.bound[far[axis]]);
        for k in 0..4 {
            // Not `f32::min` and `max`: their care for NaN costs a comparison more.
            let (t0, t1) = ((first[k] - start[axis]) * inverse[axis], (last[k] - start[axis]) * inverse[axis]);
            enter[k] = if t0 > enter[k] { t0 } else { enter[k] };
            leave[k] = if t1 < leave[k] { t1 } else { leave[k] };
        }
    }
    let mut entered = 0;
    for k in 0..4 {
        entered |= u32::from(enter[k] <= leave[k]) << k;
    }
    (enter, entered)
}

/// The nearest facet beyond `nearest` along a ray, other than `own`; the first met if `any` is set.
///
/// The nearest child is entered first; those put off are dropped when a facet before them has been met meanwhile.
pub fn trace(w: &World<'_>, start: Vec3, direction: Vec3, nearest: f32, own: u32, any: bool) -> Hit {
    let inverse = direction.map(safe_inverse);
    let near: [usize; 3] = std::array::from_fn(|axis| if inverse[axis] < 0.0 { axis + 3 } else { axis });
    let far = [3 - near[0], 5 - near[1], 7 - near[2]];
    let mut hit = Hit { code: MISS, distance: 1e30 };
    // (distance at which the ray enters it, child) of what was put off.
    let mut stack = [(0.0_f32, 0_u32); STACK];
    let (mut depth, mut child) = (0, 0);
    loop {
        if child & LEAF == 0 {
            let n = &w.nodes[child as usize];
            let (enter, mut entered) = entries(n, start, inverse, near, far, hit.distance);
            if entered != 0 {
                let k = entered.trailing_zeros() as usize;
                let mut next = (enter[k], n.child[k]);
                entered &= entered - 1;
                while entered != 0 {
                    let k = entered.trailing_zeros() as usize;
                    entered &= entered - 1;
                    let other = (enter[k], n.child[k]);
                    let (nearer, farther) = if other.0 < next.0 { (other, next) } else { (next, other) };
                    stack[depth] = farther;
                    depth += 1;
                    next = nearer;
                }
                child = next.1;
                continue;
            }
        } else {
            let f = child & !LEAF;
            let facet = &w.facets[f as usize];
            let slope = dot(xyz(facet.plane), direction);
            let distance = -affine(facet.plane, start) / slope;
            let before = distance > nearest && distance < hit.distance && slope.abs() > 1e-9 && f != own;
            let p = add(start, scale(distance, direction));
            if before && within(facet.origin[3], affine(facet.dual_u, p), affine(facet.dual_v, p)) {
                hit = Hit { code: 2 * f + u32::from(slope > 0.0), distance };
                if any {
                    return hit;
                }
            }
        }
        loop {
            if depth == 0 {
                return hit;
            }
            depth -= 1;
            if stack[depth].0 < hit.distance {
                child = stack[depth].1;
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disc_preserves_area_and_angle() {
        for k in 0..64_u16 {
            let (u, v) = (f32::from(k % 8) / 7.0, f32::from(k / 8) / 7.0);
            let [x, y] = disc(u, v);
            let r = (2.0 * u - 1.0).abs().max((2.0 * v - 1.0).abs());
            assert!((x.hypot(y) - r).abs() < 2e-7, "radius of ({u}, {v})");
        }
        // Second moments of a uniform disc are 1/4.
        let n = 200_u16;
        let mut moment = 0.0_f64;
        for i in 0..n {
            for j in 0..n {
                let [x, _] = disc((f32::from(i) + 0.5) / f32::from(n), (f32::from(j) + 0.5) / f32::from(n));
                moment += f64::from(x * x) / f64::from(n).powi(2);
            }
        }
        assert!((moment - 0.25).abs() < 1e-4, "{moment}");
    }
}
