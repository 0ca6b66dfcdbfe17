// Gauss-Seidel on one colour of a block.
//     x_i <- (b_i + sum_j g_ij x_j) / a_ii
// One invocation per cell of the colour; every neighbour is of the other colour.

struct BlockRelaxParams {
    nx: u32,
    ny: u32,
    nz: u32,
    colour: u32,
    from_zero: u32,
}

@group(0) @binding(0) var<uniform> params: BlockRelaxParams;
@group(0) @binding(1) var<storage, read> conductance: array<f32>;
@group(0) @binding(2) var<storage, read> inverse: array<f32>;
@group(0) @binding(3) var<storage, read> rhs: array<f32>;
@group(0) @binding(4) var<storage, read_write> x: array<f32>;

@compute @workgroup_size(64)
fn block_relax(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let c = fold(group, groups, lane, 64u);
    let hx = row_width(params.nx);
    let half = hx * params.ny * params.nz;
    if c >= half { return; }
    let i = params.colour * half + c;
    var across = 0.0;
    if params.from_zero == 0u {
        let n = neighbours(params.nx, params.ny, params.nz, params.colour, c / hx, c % hx);
        var part = array<f32, 6>();
        for (var side = 0u; side < 6u; side++) {
            if n.has[side] { part[side] = conductance[n.conductance[side]] * x[n.cell[side]]; }
        }
        across = (part[0] + part[1]) + (part[2] + part[3]) + (part[4] + part[5]);
    }
    x[i] = (rhs[i] + across) * inverse[i];
}
