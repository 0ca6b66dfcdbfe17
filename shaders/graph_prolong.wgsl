// The coarse correction added to a graph.
//     x_i <- x_i + e_I, I the aggregate that holds i
// One invocation per cell.

struct GraphProlongParams {
    count: u32,
}

@group(0) @binding(0) var<uniform> params: GraphProlongParams;
@group(0) @binding(1) var<storage, read> parent: array<u32>;
@group(0) @binding(2) var<storage, read> correction: array<f32>;
@group(0) @binding(3) var<storage, read_write> x: array<f32>;

@compute @workgroup_size(64)
fn graph_prolong(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = fold(group, groups, lane, 64u);
    if i >= params.count { return; }
    x[i] = x[i] + correction[parent[i]];
}
