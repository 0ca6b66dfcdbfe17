// Product of a conductance matrix, held in slices of rows, with a vector.
//     y_i <- keep b_i + sign (d_i x_i + sum_j g_ij (x_i - x_j))
// One invocation per row.

struct GraphApplyParams {
    count: u32,
    keep: f32,
    sign: f32,
}

@group(0) @binding(0) var<uniform> params: GraphApplyParams;
@group(0) @binding(1) var<storage, read> slice_start: array<u32>;
@group(0) @binding(2) var<storage, read> column: array<u32>;
@group(0) @binding(3) var<storage, read> conductance: array<f32>;
@group(0) @binding(4) var<storage, read> diagonal: array<f32>;
@group(0) @binding(5) var<storage, read> rhs: array<f32>;
@group(0) @binding(6) var<storage, read> x: array<f32>;
@group(0) @binding(7) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn graph_apply(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = fold(group, groups, lane, 64u);
    if i >= params.count { return; }
    let own = x[i];
    var sum = diagonal[i] * own;
    for (var k = slice_start[i / SLICE] + i % SLICE; k < slice_start[i / SLICE + 1u]; k += SLICE) {
        sum += conductance[k] * (own - x[column[k]]);
    }
    if params.keep == 0.0 {
        y[i] = params.sign * sum;
    } else {
        y[i] = params.keep * rhs[i] + params.sign * sum;
    }
}
