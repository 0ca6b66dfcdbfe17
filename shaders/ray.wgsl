// Rays: the facets they start from, and the tree they are traced through.
// Twin: solver/kernels/ray.rs. Kernels that use it declare `nodes` and `facets`.

// Code of a ray that met nothing.
const MISS: u32 = 0xffffffffu;
// Entries of the traversal stack; a tree that may need more is refused.
const STACK: u32 = 48u;
// Bit of a child that is a facet.
const LEAF: u32 = 0x80000000u;
// No child.
const NONE: u32 = 0xffffffffu;

// A node of the tree: the boxes of its four children, and what they are: another node, or LEAF and a facet.
struct BvhNode {
    // Coordinates of the four boxes: lowest x, y, z, highest x, y, z.
    bound: array<vec4f, 6>,
    child: vec4u,
}

// A flat two-sided surface: the parallelogram origin + a u + b v with a, b in 0..1 (origin.w = 0), the ellipse
// inscribed in it (1), or its half with a + b <= 1 (2). In its plane dual_u.(p, 1) = a and dual_v.(p, 1) = b;
// plane.(p, 1) is the height above it.
struct Facet {
    origin: vec4f,
    edge_u: vec4f,
    edge_v: vec4f,
    plane: vec4f,
    dual_u: vec4f,
    dual_v: vec4f,
}

// What a ray met.
struct Hit {
    // 2 * facet, plus 1 for the back side; or MISS.
    code: u32,
    distance: f32,
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

// The coordinates along the edges of facet f of a point uniform in its area, from two numbers in 0..1.
fn inside(f: u32, u: f32, v: f32) -> vec2f {
    if facets[f].origin.w == 0.0 { return vec2f(u, v); }
    if facets[f].origin.w == 2.0 {
        if v > u { return vec2f(0.5 * u, v - 0.5 * u); }
        return vec2f(u - 0.5 * v, 0.5 * v);
    }
    return 0.5 + 0.5 * disc(u, v);
}

// A point of a facet from two numbers in 0..1, uniform in area.
fn facet_point(f: u32, u: f32, v: f32) -> vec3f {
    let p = inside(f, u, v);
    return facets[f].origin.xyz + p.x * facets[f].edge_u.xyz + p.y * facets[f].edge_v.xyz;
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

// Whether coordinates along the edges of a facet lie in its outline.
fn within(outline: f32, a: f32, b: f32) -> bool {
    if !(a >= 0.0 && a <= 1.0 && b >= 0.0 && b <= 1.0) { return false; }
    if outline == 0.0 { return true; }
    if outline == 2.0 { return a + b <= 1.0; }
    let p = 2.0 * a - 1.0;
    let q = 2.0 * b - 1.0;
    return p * p + q * q <= 1.0;
}

fn safe_inverse(x: f32) -> f32 {
    if abs(x) < 1e-20 { return 1e20; }
    return 1.0 / x;
}

// The nearest facet beyond `nearest` along a ray, other than `own`; the first met if `any` is set.
fn trace(start: vec3f, direction: vec3f, nearest: f32, own: u32, any: bool) -> Hit {
    let inverse = vec3f(safe_inverse(direction.x), safe_inverse(direction.y), safe_inverse(direction.z));
    var hit = Hit(MISS, 1e30);
    // The bounds that the ray meets first.
    let near = select(vec3u(0u, 1u, 2u), vec3u(3u, 4u, 5u), inverse < vec3f(0.0));
    let far = vec3u(3u, 5u, 7u) - near;
    // (distance at which the ray enters it, child) of what was put off.
    var stack: array<vec2u, STACK>;
    var depth = 0u;
    var child = 0u;
    loop {
        if (child & LEAF) == 0u {
            let x0 = (nodes[child].bound[near.x] - start.x) * inverse.x;
            let y0 = (nodes[child].bound[near.y] - start.y) * inverse.y;
            let z0 = (nodes[child].bound[near.z] - start.z) * inverse.z;
            let x1 = (nodes[child].bound[far.x] - start.x) * inverse.x;
            let y1 = (nodes[child].bound[far.y] - start.y) * inverse.y;
            let z1 = (nodes[child].bound[far.z] - start.z) * inverse.z;
            let enter = max(max(x0, y0), max(z0, vec4f(0.0)));
            let entered = enter <= min(min(x1, y1), min(z1, vec4f(hit.distance)));
            let entries = bitcast<vec4u>(enter);
            let children = nodes[child].child;
            var next = vec2u(0u, NONE);
            for (var k = 0u; k < 4u; k++) {
                if !entered[k] { continue; }
                var other = vec2u(entries[k], children[k]);
                if next.y == NONE {
                    next = other;
                    continue;
                }
                if bitcast<f32>(other.x) < bitcast<f32>(next.x) {
                    let farther = next;
                    next = other;
                    other = farther;
                }
                stack[depth] = other;
                depth++;
            }
            if next.y != NONE {
                child = next.y;
                continue;
            }
        } else {
            let f = child & ~LEAF;
            let slope = dot(facets[f].plane.xyz, direction);
            if f != own && abs(slope) > 1e-9 {
                let distance = -dot(facets[f].plane, vec4f(start, 1.0)) / slope;
                let p = vec4f(start + distance * direction, 1.0);
                if distance > nearest && distance < hit.distance
                    && within(facets[f].origin.w, dot(facets[f].dual_u, p), dot(facets[f].dual_v, p)) {
                    hit = Hit(2u * f + select(0u, 1u, slope > 0.0), distance);
                    if any { return hit; }
                }
            }
        }
        loop {
            if depth == 0u { return hit; }
            depth--;
            if bitcast<f32>(stack[depth].x) < hit.distance { break; }
        }
        child = stack[depth].y;
    }
    return hit;
}
