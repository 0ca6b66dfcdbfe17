// Shuts the gate of conjugate gradients once they have converged.
//     n <= 0 or n/s <= d^2: gate_1 <- 1, and no workgroups from gate_2 on; else gate_0 <- gate_0 + 1
// n: the product r . z now, s: at the start, d: the drop asked for. A gate that is shut stays so.
// Foretelling, n is n min(n/b, 1), b the product before, and nothing is counted.
// One workgroup.

struct CgGateParams {
    count: u32,
    drop_squared: f32,
    foretell: u32,
}

@group(0) @binding(0) var<uniform> params: CgGateParams;
@group(0) @binding(1) var<storage, read> product: array<f32>;
@group(0) @binding(2) var<storage, read> before: array<f32>;
@group(0) @binding(3) var<storage, read> start: array<f32>;
@group(0) @binding(4) var<storage, read_write> gate: array<u32>;

@compute @workgroup_size(256)
fn cg_gate(@builtin(local_invocation_index) lane: u32) {
    var n = product[0];
    if params.foretell == 1u && before[0] > n { n = n * (n / before[0]); }
    let shut = gate[1] != 0u || n <= 0.0 || n / start[0] <= params.drop_squared;
    storageBarrier();
    if shut {
        for (var i = 2u + lane; i < params.count; i += 256u) { gate[i] = 0u; }
        if lane == 0u { gate[1] = 1u; }
    } else if lane == 0u && params.foretell == 0u {
        gate[0] = gate[0] + 1u;
    }
}
