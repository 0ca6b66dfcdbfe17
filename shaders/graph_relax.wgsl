// A Chebyshev step on a graph.
//     y_i <- x_i + m (x_i - y_i) + s (b_i - d_i x_i - sum_j g_ij (x_i - x_j)) / a_ii
// One invocation per cell; y holds the vector before x and becomes the one after it.

struct GraphRelaxParams {
    count: u32,
    momentum: f32,
    step: f32,
    from_zero: u32,
}

@group(0) @binding(0) var<uniform> params: GraphRelaxParams;
@group(0) @binding(1) var<storage, read> slice_start: array<u32>;
@group(0) @binding(2) var<storage, read> column: array<u32>;
@group(0) @binding(3) var<storage, read> conductance: array<f32>;
@group(0) @binding(4) var<storage, read> diagonal: array<f32>;
@group(0) @binding(5) var<storage, read> inverse: array<f32>;
@group(0) @binding(6) var<storage, read> rhs: array<f32>;
@group(0) @binding(7) var<storage, read> x: array<f32>;
@group(0) @binding(8) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn graph_relax(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = fold(group, groups, lane, 64u);
    if i >= params.count { return; }
    let step = params.step * inverse[i];
    if params.from_zero == 1u {
        y[i] = step * rhs[i];
        return;
    }
    let own = x[i];
    var sum = diagonal[i] * own;
    for (var k = slice_start[i / SLICE] + i % SLICE; k < slice_start[i / SLICE + 1u]; k += SLICE) {
        sum += conductance[k] * (own - x[column[k]]);
    }
    let before = select(y[i], 0.0, params.from_zero == 2u);
    y[i] = own + params.momentum * (own - before) + step * (rhs[i] - sum);
}
