// Partial sums of an inner product.
//     out_g = sum over group g of a_i b_i
// One workgroup per partial sum: lanes walk the arrays with a stride of all groups, then one tree.

struct DotParams {
    count: u32,
    group_count: u32,
}

@group(0) @binding(0) var<uniform> params: DotParams;
@group(0) @binding(1) var<storage, read> a: array<f32>;
@group(0) @binding(2) var<storage, read> b: array<f32>;
@group(0) @binding(3) var<storage, read_write> partial: array<f32>;

var<workgroup> lanes: array<f32, 256>;

@compute @workgroup_size(256)
fn dot_product(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let g = fold(group, groups, 0u, 1u);
    var sum = 0.0;
    for (var i = g * 256u + lane; i < params.count; i += params.group_count * 256u) {
        sum += a[i] * b[i];
    }
    lanes[lane] = sum;
    for (var half = 128u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if lane < half { lanes[lane] = lanes[lane] + lanes[lane + half]; }
    }
    if lane == 0u && g < params.group_count { partial[g] = lanes[0]; }
}
