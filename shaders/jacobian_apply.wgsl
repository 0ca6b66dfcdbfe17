// Product of the Newton matrix with a vector, W.
//     q_i = d_i p_i + sum_j GL_ij (p_i - p_j)
// One invocation per row; p holds boundary nodes too, as zeros.

struct JacobianApplyParams {
    node_count: u32,
}

@group(0) @binding(0) var<uniform> params: JacobianApplyParams;
@group(0) @binding(1) var<storage, read> row_start: array<u32>;
@group(0) @binding(2) var<storage, read> column: array<u32>;
@group(0) @binding(3) var<storage, read> gl_w_per_k: array<f32>;
@group(0) @binding(4) var<storage, read> diagonal_w_per_k: array<f32>;
@group(0) @binding(5) var<storage, read> p: array<f32>;
@group(0) @binding(6) var<storage, read_write> q: array<f32>;

@compute @workgroup_size(64)
fn jacobian_apply(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = fold(group, groups, lane, 64u);
    if i >= params.node_count { return; }
    let own = p[i];
    var sum = diagonal_w_per_k[i] * own;
    for (var k = row_start[i]; k < row_start[i + 1u]; k++) {
        sum += gl_w_per_k[k] * (own - p[column[k]]);
    }
    q[i] = sum;
}
