// Sums over the members of aggregates.
//     R_I <- w sum over i in I of r_i
// One invocation per aggregate.

struct GraphRestrictParams {
    count: u32,
    weight: f32,
}

@group(0) @binding(0) var<uniform> params: GraphRestrictParams;
@group(0) @binding(1) var<storage, read> member_start: array<u32>;
@group(0) @binding(2) var<storage, read> member: array<u32>;
@group(0) @binding(3) var<storage, read> residual: array<f32>;
@group(0) @binding(4) var<storage, read_write> coarse: array<f32>;

@compute @workgroup_size(64)
fn graph_restrict(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = fold(group, groups, lane, 64u);
    if i >= params.count { return; }
    var sum = 0.0;
    for (var k = member_start[i]; k < member_start[i + 1u]; k++) { sum += residual[member[k]]; }
    coarse[i] = params.weight * sum;
}
