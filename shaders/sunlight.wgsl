// Sunlight on each surface at each orbit position, with shadowing: lit fraction * cosine of each replicate.
// The points of a replicate are ((k + s0) / n, k * golden + s1) modulo 1. Their rays to the Sun are parallel: the prism
// o + a u + b v + t d that they fill goes through the tree once, and on a facet that it meets, the coordinates of the
// points hit are linear in a and b. One invocation per (surface, position).

// Replicates: independent shifts of the points.
const REPLICATES: u32 = 8u;
// Points of a replicate that go through the tree together, at most: the bits of a word.
const POINTS: u32 = 32u;

struct SunlightParams {
    count: u32,
    points: u32,
    passes: u32,
    positions: u32,
    seed: u32,
    nearest_m: f32,
}

@group(0) @binding(0) var<uniform> params: SunlightParams;
@group(0) @binding(1) var<storage, read> nodes: array<BvhNode>;
@group(0) @binding(2) var<storage, read> facets: array<Facet>;
@group(0) @binding(3) var<storage, read> surfaces: array<u32>;
@group(0) @binding(4) var<storage, read> sun: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> lit: array<array<f32, REPLICATES>>;

// Least (least true) or largest value of gradient.(p, 1) in the boxes of the four children of node n.
fn extreme(n: u32, gradient: vec4f, least: bool) -> vec4f {
    let bound = select(vec3u(0u, 1u, 2u), vec3u(3u, 4u, 5u), (gradient.xyz < vec3f(0.0)) == vec3<bool>(least));
    return gradient.x * nodes[n].bound[bound.x] + gradient.y * nodes[n].bound[bound.y]
        + gradient.z * nodes[n].bound[bound.z] + gradient.w;
}

// gradient.(p, 1) of the coordinate that is 0 at the origin and has this slope.
fn coordinate(slope: vec3f, origin: vec3f) -> vec4f {
    return vec4f(slope, -dot(slope, origin));
}

// Bound of the rounding of a coordinate, as `nearest` is one of a length.
fn rounding(gradient: vec4f) -> f32 {
    return 4.0 * params.nearest_m * (abs(gradient.x) + abs(gradient.y) + abs(gradient.z));
}

// c0 + c1 a + c2 b on a facet for the point that a ray from (a, b) on facet `from` meets: coordinate `dual`, the distance
// there being t.
fn linear(dual: vec4f, from_facet: u32, direction: vec3f, t: vec3f) -> vec3f {
    return vec3f(dot(dual, vec4f(facets[from_facet].origin.xyz, 1.0)), dot(dual.xyz, facets[from_facet].edge_u.xyz),
        dot(dual.xyz, facets[from_facet].edge_v.xyz)) + dot(dual.xyz, direction) * t;
}

fn least(c: vec3f) -> f32 { return c.x + min(c.y, 0.0) + min(c.z, 0.0); }
fn largest(c: vec3f) -> f32 { return c.x + max(c.y, 0.0) + max(c.z, 0.0); }

fn uniform_number(seed: u32) -> f32 {
    return f32(hash(seed) >> 8u) * 5.9604644775390625e-8;
}

@compute @workgroup_size(64)
fn sunlight(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = fold(group, groups, lane, 64u);
    if i >= params.count { return; }
    var sums: array<u32, REPLICATES>;
    let code = surfaces[i / params.positions];
    let own = code >> 1u;
    let direction = sun[i % params.positions].xyz;
    let normal = facets[own].plane.xyz;
    let cosine = select(1.0, -1.0, (code & 1u) == 1u) * dot(normal, direction);
    if cosine <= 0.0 {
        lit[i] = array<f32, REPLICATES>();
        return;
    }
    let origin = facets[own].origin.xyz;
    let edge_u = facets[own].edge_u.xyz;
    let edge_v = facets[own].edge_v.xyz;
    let along = 1.0 / dot(direction, normal);
    let size = dot(cross(edge_u, edge_v), normal);
    let of_a = coordinate((along / size) * cross(edge_v, direction), origin);
    let of_b = coordinate((along / size) * cross(direction, edge_u), origin);
    let of_t = coordinate(along * normal, origin);
    let seed = hash(params.seed ^ hash(i));
    for (var pass_ = 0u; pass_ < params.passes; pass_++) {
        // A bit for each point that is shaded.
        var shaded: array<u32, REPLICATES>;
        var stack: array<u32, STACK>;
        var depth = 1u;
        stack[0] = 0u;
        while depth > 0u {
            depth--;
            let child = stack[depth];
            if (child & LEAF) == 0u {
                let across = (extreme(child, of_a, false) >= vec4f(-rounding(of_a))) & (extreme(child, of_a, true) <= vec4f(1.0 + rounding(of_a)))
                    & (extreme(child, of_b, false) >= vec4f(-rounding(of_b))) & (extreme(child, of_b, true) <= vec4f(1.0 + rounding(of_b)))
                    & (extreme(child, of_t, false) >= vec4f(-rounding(of_t)));
                for (var k = 0u; k < 4u; k++) {
                    if across[k] {
                        stack[depth] = nodes[child].child[k];
                        depth++;
                    }
                }
                continue;
            }
            let f = child & ~LEAF;
            let slope = dot(facets[f].plane.xyz, direction);
            if f == own || abs(slope) <= 1e-9 { continue; }
            let outline = facets[f].origin.w;
            let t = linear(facets[f].plane, own, direction, vec3f(0.0)) * (-1.0 / slope);
            let x = linear(facets[f].dual_u, own, direction, t);
            let y = linear(facets[f].dual_v, own, direction, t);
            if largest(t) <= params.nearest_m || largest(x) < 0.0 || least(x) > 1.0 || largest(y) < 0.0 || least(y) > 1.0 {
                continue;
            }
            if outline == 0.0 && least(t) > params.nearest_m && least(x) >= 0.0 && largest(x) <= 1.0
                && least(y) >= 0.0 && largest(y) <= 1.0 {
                lit[i] = array<f32, REPLICATES>();
                return;
            }
            for (var r = 0u; r < REPLICATES; r++) {
                let shift = seed + 2u * (pass_ * REPLICATES + r);
                let s0 = uniform_number(shift);
                let s1 = uniform_number(shift + 1u);
                for (var k = 0u; k < params.points; k++) {
                    let p = vec3f(1.0, inside(own, (f32(k) + s0) / f32(params.points), fract(f32(k) * 0.618034 + s1)));
                    if within(outline, dot(x, p), dot(y, p)) && dot(t, p) > params.nearest_m { shaded[r] |= 1u << k; }
                }
            }
        }
        for (var r = 0u; r < REPLICATES; r++) {
            sums[r] += params.points - countOneBits(shaded[r]);
        }
    }
    for (var r = 0u; r < REPLICATES; r++) {
        lit[i][r] = cosine * f32(sums[r]) / f32(params.points * params.passes);
    }
}
