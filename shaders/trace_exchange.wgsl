// What each diffusely emitted ray meets first: 2 * facet + side, or MISS.
// Ray i belongs to surface i / (replicates * rays); origin uniform in area, direction cosine-weighted (Malley).
// One invocation per ray.

struct TraceExchangeParams {
    count: u32,
    rays: u32,
    replicates: u32,
    first_surface: u32,
    first_ray: u32,
    seed: u32,
    nearest_m: f32,
}

@group(0) @binding(0) var<uniform> params: TraceExchangeParams;
@group(0) @binding(1) var<storage, read> nodes: array<BvhNode>;
@group(0) @binding(2) var<storage, read> facets: array<Facet>;
@group(0) @binding(3) var<storage, read> directions: array<vec4u>;
@group(0) @binding(4) var<storage, read> surfaces: array<u32>;
@group(0) @binding(5) var<storage, read_write> met: array<u32>;

@compute @workgroup_size(64)
fn trace_exchange(
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
    met[i] = trace(start, direction, params.nearest_m, f, false).code;
}
