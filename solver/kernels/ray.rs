//! Twin of `shaders/ray.wgsl`: Sobol points, the facets rays start from, and the tree they are traced through.
//!
//! Rays are f32 on every backend, so that both meet the same facets; their noise is far above f32 rounding.

#![expect(clippy::many_single_char_names, reason = "the letters of the geometry")]

/// Code of a ray that met nothing.
pub const MISS: u32 = u32::MAX;
/// Depth of the traversal stack; a deeper tree is refused when it is built.
pub const STACK: usize = 48;
/// What `tests/shader_contract.rs` compares with the WGSL constants.
#[expect(clippy::cast_possible_truncation, reason = "a small constant")]
pub const CONSTANTS: &[(&str, u32)] = &[("MISS", MISS), ("STACK", STACK as u32)];

crate::wgsl_struct! {
    /// A node of the tree: a box, and either two children at `first`, `first + 1` (`count` 0) or `count` facets from `first`.
    pub struct BvhNode {
        /// Lower corner, m.
        pub min_x: f32,
        /// Lower corner, m.
        pub min_y: f32,
        /// Lower corner, m.
        pub min_z: f32,
        /// Facets of a leaf; 0 for an inner node.
        pub count: u32,
        /// Upper corner, m.
        pub max_x: f32,
        /// Upper corner, m.
        pub max_y: f32,
        /// Upper corner, m.
        pub max_z: f32,
        /// First child or first facet.
        pub first: u32,
    }
}

crate::wgsl_struct! {
    /// A flat two-sided surface: the parallelogram `origin + a u + b v`, a, b in 0..1 (`origin.w` = 0), or the ellipse
    /// inscribed in it (`origin.w` = 1). `dual_u`, `dual_v` give a and b back.
    pub struct Facet {
        /// Corner, m; w: 0 parallelogram, 1 ellipse.
        pub origin: [f32; 4],
        /// First edge, m.
        pub edge_u: [f32; 4],
        /// Second edge, m.
        pub edge_v: [f32; 4],
        /// Unit normal of the front side.
        pub normal: [f32; 4],
        /// Reciprocal of `edge_u` in the facet's plane, 1/m.
        pub dual_u: [f32; 4],
        /// Reciprocal of `edge_v` in the facet's plane, 1/m.
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

/// The tree and facets a ray is traced through, and the Sobol direction numbers (four dimensions of 32).
#[derive(Clone, Copy, Debug)]
pub struct World<'a> {
    /// Tree.
    pub nodes: &'a [BvhNode],
    /// Facets in the order of the tree's leaves.
    pub facets: &'a [Facet],
    /// Sobol direction numbers.
    pub directions: &'a [u32],
}

/// A three-vector in f32.
pub type Vec3 = [f32; 3];

fn xyz(v: [f32; 4]) -> Vec3 {
    [v[0], v[1], v[2]]
}
fn dot(a: Vec3, b: Vec3) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
fn add(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}
fn sub(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}
fn scale(s: f32, a: Vec3) -> Vec3 {
    [s * a[0], s * a[1], s * a[2]]
}

/// A well-mixed hash of one word (multiplicative rounds).
pub fn hash(x: u32) -> u32 {
    let mut h = x;
    h = (h ^ (h >> 16)).wrapping_mul(0x7feb_352d);
    h = (h ^ (h >> 15)).wrapping_mul(0x846c_a68b);
    h ^ (h >> 16)
}

/// Nested uniform (Owen) scrambling of the bits of `x` (hash-based, Laine and Karras 2011, constants by Vegdahl).
pub fn scramble(x: u32, seed: u32) -> u32 {
    let mut h = x.reverse_bits();
    h ^= h.wrapping_mul(0x3d20_adea);
    h = h.wrapping_add(seed);
    h = h.wrapping_mul((seed >> 16) | 1);
    h ^= h.wrapping_mul(0x0552_6c56);
    h ^= h.wrapping_mul(0x53a2_2864);
    h.reverse_bits()
}

/// Coordinate `dimension` of point `index` of the scrambled Sobol sequence, in 0..1.
pub fn sobol(w: &World<'_>, index: u32, dimension: u32, seed: u32) -> f32 {
    let mut bits = 0;
    let (mut k, mut d) = (index, dimension as usize * 32);
    while k != 0 {
        if k & 1 == 1 {
            bits ^= w.directions[d];
        }
        k >>= 1;
        d += 1;
    }
    #[expect(clippy::cast_precision_loss, reason = "24 bits fit an f32 exactly")]
    let top = (scramble(bits, hash(seed.wrapping_add(dimension))) >> 8) as f32;
    top * 5.960_464_5e-8
}

/// Sobol direction numbers of the first four dimensions: primitive polynomials 1, x+1, x²+x+1, x³+x+1 with the
/// initial values of Joe and Kuo (2008).
pub fn sobol_directions() -> Vec<u32> {
    let polynomials: [(usize, u32, &[u32]); 3] = [(1, 0, &[1]), (2, 1, &[1, 3]), (3, 1, &[1, 3, 1])];
    let mut all: Vec<u32> = (0..32).map(|k| 1 << (31 - k)).collect();
    for (degree, a, initial) in polynomials {
        let mut v: Vec<u32> = initial.iter().zip(0..).map(|(m, k)| m << (31 - k)).collect();
        for k in degree..32 {
            let mut next = v[k - degree] ^ (v[k - degree] >> degree);
            for j in 1..degree {
                if (a >> (degree - 1 - j)) & 1 == 1 {
                    next ^= v[k - j];
                }
            }
            v.push(next);
        }
        all.extend(v);
    }
    all
}

/// Sine and cosine for |x| ≤ π/4, to 1e-7: Taylor polynomials (WGSL promises only 2⁻¹¹ for its own).
fn sine_cosine(x: f32) -> (f32, f32) {
    let y = x * x;
    let s = x * (1.0 - y * (0.166_666_66 - y * (0.008_333_333 - y * (0.000_198_412_7 - y * 2.755_731_9e-6))));
    let c = 1.0 - y * (0.5 - y * (0.041_666_668 - y * (0.001_388_888_9 - y * 2.480_158_7e-5)));
    (s, c)
}

/// The unit square onto the unit disc, preserving area (Shirley and Chiu 1997).
pub fn disc(u: f32, v: f32) -> [f32; 2] {
    let (a, b) = (2.0 * u - 1.0, 2.0 * v - 1.0);
    if a.abs() > b.abs() {
        let (s, c) = sine_cosine(std::f32::consts::FRAC_PI_4 * (b / a));
        return [a * c, a * s];
    }
    if b == 0.0 {
        return [0.0, 0.0];
    }
    let (s, c) = sine_cosine(std::f32::consts::FRAC_PI_4 * (a / b));
    [b * s, b * c]
}

/// A point of a facet from two numbers in 0..1, uniform in area.
pub fn facet_point(w: &World<'_>, f: u32, u: f32, v: f32) -> Vec3 {
    let facet = &w.facets[f as usize];
    let (mut a, mut b) = (u, v);
    if facet.origin[3] == 1.0 {
        let q = disc(u, v);
        a = 0.5 + 0.5 * q[0];
        b = 0.5 + 0.5 * q[1];
    }
    add(add(xyz(facet.origin), scale(a, xyz(facet.edge_u))), scale(b, xyz(facet.edge_v)))
}

/// Outward unit normal of a surface: `code` is 2 × facet, plus 1 for the back side.
pub fn surface_normal(w: &World<'_>, code: u32) -> Vec3 {
    let n = xyz(w.facets[(code >> 1) as usize].normal);
    if code & 1 == 1 { scale(-1.0, n) } else { n }
}

/// A vector from its components in the frame (tangent, bitangent, axis) around a unit axis (Duff et al. 2017).
pub fn around(axis: Vec3, x: f32, y: f32, z: f32) -> Vec3 {
    let s = if axis[2] < 0.0 { -1.0 } else { 1.0 };
    let a = -1.0 / (s + axis[2]);
    let b = axis[0] * axis[1] * a;
    let tangent = [1.0 + s * axis[0] * axis[0] * a, s * b, -s * axis[0]];
    let bitangent = [b, s + axis[1] * axis[1] * a, -axis[1]];
    add(add(scale(x, tangent), scale(y, bitangent)), scale(z, axis))
}

/// Distance at which a ray meets a facet, or −1.
fn meet(facet: &Facet, start: Vec3, direction: Vec3) -> f32 {
    let slope = dot(xyz(facet.normal), direction);
    if slope.abs() < 1e-9 {
        return -1.0;
    }
    let distance = dot(xyz(facet.normal), sub(xyz(facet.origin), start)) / slope;
    let q = sub(add(start, scale(distance, direction)), xyz(facet.origin));
    let (a, b) = (dot(xyz(facet.dual_u), q), dot(xyz(facet.dual_v), q));
    if facet.origin[3] == 1.0 {
        let (p, r) = (2.0 * a - 1.0, 2.0 * b - 1.0);
        return if p * p + r * r > 1.0 { -1.0 } else { distance };
    }
    if !(0.0..=1.0).contains(&a) || !(0.0..=1.0).contains(&b) { -1.0 } else { distance }
}

fn safe_inverse(x: f32) -> f32 {
    if x.abs() < 1e-20 { 1e20 } else { 1.0 / x }
}

/// Whether a ray enters a box before `limit`.
fn enters(n: &BvhNode, start: Vec3, inverse: Vec3, limit: f32) -> bool {
    let (mut enter, mut leave) = (0.0_f32, limit);
    let (lo, hi) = ([n.min_x, n.min_y, n.min_z], [n.max_x, n.max_y, n.max_z]);
    for k in 0..3 {
        let (t0, t1) = ((lo[k] - start[k]) * inverse[k], (hi[k] - start[k]) * inverse[k]);
        enter = enter.max(t0.min(t1));
        leave = leave.min(t0.max(t1));
    }
    enter <= leave
}

/// The nearest facet beyond `nearest` along a ray, other than `own`; the first met if `any` is set.
pub fn trace(w: &World<'_>, start: Vec3, direction: Vec3, nearest: f32, own: u32, any: bool) -> Hit {
    let inverse = direction.map(safe_inverse);
    let mut hit = Hit { code: MISS, distance: 1e30 };
    let mut stack = [0_u32; STACK];
    let mut depth = 1;
    while depth > 0 {
        depth -= 1;
        let n = &w.nodes[stack[depth] as usize];
        if !enters(n, start, inverse, hit.distance) {
            continue;
        }
        if n.count == 0 {
            stack[depth] = n.first + 1;
            stack[depth + 1] = n.first;
            depth += 2;
            continue;
        }
        for f in n.first..n.first + n.count {
            if f == own {
                continue;
            }
            let facet = &w.facets[f as usize];
            let distance = meet(facet, start, direction);
            if distance > nearest && distance < hit.distance {
                let side = u32::from(dot(xyz(facet.normal), direction) > 0.0);
                hit = Hit { code: 2 * f + side, distance };
                if any {
                    return hit;
                }
            }
        }
    }
    hit
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "numbers of a test")]
mod tests {
    use super::*;

    #[test]
    fn sobol_points_are_a_net() {
        // Every elementary interval of a (t, m, s)-net in base 2 that dimension pairs (0,1) and (2,3) must fill:
        // 256 scrambled points hit each of 16 x 16 boxes once in the first two dimensions (t = 0).
        let directions = sobol_directions();
        let w = World { nodes: &[], facets: &[], directions: &directions };
        let mut boxes = [0; 256];
        for k in 0..256 {
            let (a, b) = (sobol(&w, k, 0, 7), sobol(&w, k, 1, 7));
            boxes[(a * 16.0) as usize * 16 + (b * 16.0) as usize] += 1;
        }
        assert_eq!(boxes, [1; 256]);
        for dimension in 0..4 {
            let mut strata = [0; 256];
            (0..256).for_each(|k| strata[(sobol(&w, k, dimension, 3) * 256.0) as usize] += 1);
            assert_eq!(strata, [1; 256], "dimension {dimension}");
        }
    }

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
