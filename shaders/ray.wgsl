// Rays: Owen-scrambled Sobol points, the facets they start from, and the tree they are traced through.
// Twin: solver/kernels/ray.rs. Kernels that use it declare `nodes`, `facets` and `directions`.

// Code of a ray that met nothing.
const MISS: u32 = 0xffffffffu;
// Depth of the traversal stack; the tree is refused above it.
const STACK: u32 = 48u;

// A node of the tree: a box, and either two children at `first`, `first + 1` (count 0) or `count` facets from `first`.
struct BvhNode {
    min_x: f32,
    min_y: f32,
    min_z: f32,
    count: u32,
    max_x: f32,
    max_y: f32,
    max_z: f32,
    first: u32,
}

// A flat two-sided surface: the parallelogram origin + a u + b v with a, b in 0..1 (origin.w = 0),
// or the ellipse inscribed in it (origin.w = 1). dual_u, dual_v give a and b back.
struct Facet {
    origin: vec4f,
    edge_u: vec4f,
    edge_v: vec4f,
    normal: vec4f,
    dual_u: vec4f,
    dual_v: vec4f,
}

// What a ray met.
struct Hit {
    // 2 * facet, plus 1 for the back side; or MISS.
    code: u32,
    distance: f32,
}

// A well-mixed hash of one word (multiplicative rounds).
fn hash(x: u32) -> u32 {
    var h = x;
    h = (h ^ (h >> 16u)) * 0x7feb352du;
    h = (h ^ (h >> 15u)) * 0x846ca68bu;
    return h ^ (h >> 16u);
}

// Nested uniform (Owen) scrambling of the bits of x.
fn scramble(x: u32, seed: u32) -> u32 {
    var h = reverseBits(x);
    h ^= h * 0x3d20adeau;
    h += seed;
    h *= (seed >> 16u) | 1u;
    h ^= h * 0x05526c56u;
    h ^= h * 0x53a22864u;
    return reverseBits(h);
}

// Coordinate `dimension` of point `index` of the scrambled Sobol sequence, in 0..1.
fn sobol(index: u32, dimension: u32, seed: u32) -> f32 {
    var bits = 0u;
    var k = index;
    for (var d = dimension * 32u; k != 0u; d++) {
        if (k & 1u) == 1u { bits ^= directions[d]; }
        k >>= 1u;
    }
    return f32(scramble(bits, hash(seed + dimension)) >> 8u) * 5.9604644775390625e-8;
}

// Sine and cosine for |x| <= pi/4, to 1e-7: Taylor polynomials.
fn sine_cosine(x: f32) -> vec2f {
    let y = x * x;
    let s = x * (1.0 - y * (0.16666666666 - y * (0.0083333333333 - y * (0.00019841269841 - y * 2.7557319e-6))));
    let c = 1.0 - y * (0.5 - y * (0.041666666666 - y * (0.0013888888889 - y * 2.4801587e-5)));
    return vec2f(s, c);
}

// The unit square onto the unit disc, preserving area (Shirley and Chiu 1997).
fn disc(u: f32, v: f32) -> vec2f {
    let a = 2.0 * u - 1.0;
    let b = 2.0 * v - 1.0;
    if abs(a) > abs(b) {
        let sc = sine_cosine(0.78539816339 * (b / a));
        return vec2f(a * sc.y, a * sc.x);
    }
    if b == 0.0 { return vec2f(0.0, 0.0); }
    let sc = sine_cosine(0.78539816339 * (a / b));
    return vec2f(b * sc.x, b * sc.y);
}

// A point of a facet from two numbers in 0..1, uniform in area.
fn facet_point(f: u32, u: f32, v: f32) -> vec3f {
    var a = u;
    var b = v;
    if facets[f].origin.w == 1.0 {
        let q = disc(u, v);
        a = 0.5 + 0.5 * q.x;
        b = 0.5 + 0.5 * q.y;
    }
    return facets[f].origin.xyz + a * facets[f].edge_u.xyz + b * facets[f].edge_v.xyz;
}

// A unit vector from its components in the frame (tangent, bitangent, axis) around a unit axis (Duff et al. 2017).
fn around(axis: vec3f, x: f32, y: f32, z: f32) -> vec3f {
    var s = 1.0;
    if axis.z < 0.0 { s = -1.0; }
    let a = -1.0 / (s + axis.z);
    let b = axis.x * axis.y * a;
    let tangent = vec3f(1.0 + s * axis.x * axis.x * a, s * b, -s * axis.x);
    let bitangent = vec3f(b, s + axis.y * axis.y * a, -axis.y);
    return x * tangent + y * bitangent + z * axis;
}

// Distance at which a ray meets facet f, or -1.
fn meet(f: u32, start: vec3f, direction: vec3f) -> f32 {
    let slope = dot(facets[f].normal.xyz, direction);
    if abs(slope) < 1e-9 { return -1.0; }
    let distance = dot(facets[f].normal.xyz, facets[f].origin.xyz - start) / slope;
    let q = start + distance * direction - facets[f].origin.xyz;
    let a = dot(facets[f].dual_u.xyz, q);
    let b = dot(facets[f].dual_v.xyz, q);
    if facets[f].origin.w == 1.0 {
        let p = 2.0 * a - 1.0;
        let r = 2.0 * b - 1.0;
        if p * p + r * r > 1.0 { return -1.0; }
        return distance;
    }
    if a < 0.0 || a > 1.0 || b < 0.0 || b > 1.0 { return -1.0; }
    return distance;
}

fn safe_inverse(x: f32) -> f32 {
    if abs(x) < 1e-20 { return 1e20; }
    return 1.0 / x;
}

// Whether a ray enters a box before `limit`.
fn enters(n: u32, start: vec3f, inverse: vec3f, limit: f32) -> bool {
    let t0 = (vec3f(nodes[n].min_x, nodes[n].min_y, nodes[n].min_z) - start) * inverse;
    let t1 = (vec3f(nodes[n].max_x, nodes[n].max_y, nodes[n].max_z) - start) * inverse;
    let near = min(t0, t1);
    let far = max(t0, t1);
    let enter = max(max(near.x, near.y), max(near.z, 0.0));
    let leave = min(min(far.x, far.y), min(far.z, limit));
    return enter <= leave;
}

// The nearest facet between `nearest` and infinity along a ray, other than `own`; the first met if `any` is set.
fn trace(start: vec3f, direction: vec3f, nearest: f32, own: u32, any: bool) -> Hit {
    let inverse = vec3f(safe_inverse(direction.x), safe_inverse(direction.y), safe_inverse(direction.z));
    var hit = Hit(MISS, 1e30);
    var stack: array<u32, STACK>;
    var depth = 1u;
    stack[0] = 0u;
    while depth > 0u {
        depth -= 1u;
        let n = stack[depth];
        if !enters(n, start, inverse, hit.distance) { continue; }
        let first = nodes[n].first;
        let count = nodes[n].count;
        if count == 0u {
            stack[depth] = first + 1u;
            stack[depth + 1u] = first;
            depth += 2u;
            continue;
        }
        for (var f = first; f < first + count; f++) {
            if f == own { continue; }
            let distance = meet(f, start, direction);
            if distance > nearest && distance < hit.distance {
                var side = 0u;
                if dot(facets[f].normal.xyz, direction) > 0.0 { side = 1u; }
                hit = Hit(2u * f + side, distance);
                if any { return hit; }
            }
        }
    }
    return hit;
}
