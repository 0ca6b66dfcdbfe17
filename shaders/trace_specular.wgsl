// Where each diffusely emitted ray ends that mirrors may pass on: (2 * facet + side or MISS or CAPPED, direction as bits);
// the direction is 0 unless the ray leaves after a reflection.
// Ray i belongs to surface i / (replicates * rays); origin uniform in area, direction cosine-weighted (Malley).
// One invocation per ray.

struct TraceSpecularParams {
    count: u32,
    rays: u32,
    replicates: u32,
    first_surface: u32,
    first_ray: u32,
    seed: u32,
    nearest_m: f32,
}

@group(0) @binding(0) var<uniform> params: TraceSpecularParams;
@group(0) @binding(1) var<storage, read> nodes: array<BvhNode>;
@group(0) @binding(2) var<storage, read> facets: array<Facet>;
@group(0) @binding(3) var<storage, read> mirrors: array<vec2f>;
@group(0) @binding(4) var<storage, read> directions: array<vec4u>;
@group(0) @binding(5) var<storage, read> surfaces: array<u32>;
@group(0) @binding(6) var<storage, read_write> ends: array<vec4u>;

@compute @workgroup_size(64)
fn trace_specular(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = fold(group, groups, lane, 64u);
    if i >= params.count { return; }
    let sample = params.first_ray + i % params.rays;
    let stream = i / params.rays;
    let surface = params.first_surface + stream / params.replicates;
    let code = surfaces[surface];
    let seed = hash(params.seed ^ hash(code * 16u + stream % params.replicates));
    let f = code >> 1u;
    let point = sobol(sample, seed);
    let start = facet_point(f, point.x, point.y);
    let q = disc(point.z, point.w);
    let z = sqrt(max(1.0 - (q.x * q.x + q.y * q.y), 0.0));
    var normal = facets[f].plane.xyz;
    if (code & 1u) == 1u { normal = -normal; }
    let direction = around(normal, q.x, q.y, z);
    let path = follow(start, direction, f, sobol_fifth(sample, seed), params.nearest_m);
    var leaving = vec3f(0.0);
    if path.code == MISS && path.bounces > 0u { leaving = path.direction; }
    ends[i] = vec4u(path.code, bitcast<vec3u>(leaving));
}
