// Constants and arithmetic shared by every kernel; prepended to each.
// Twin: solver/kernels/common.rs. tests/shader_contract.rs compares the two.

// Stefan-Boltzmann constant, W/(m^2 K^4). CODATA 2018.
const STEFAN_BOLTZMANN: f32 = 5.670374419184429e-8;
// Temperature step of the fixed-point part of a node temperature, K: 2^-16.
const COARSE_STEP_K: f32 = 1.52587890625e-5;

// Index of an invocation when a dispatch of `lanes`-wide workgroups is folded into two dimensions.
fn fold(group: vec3u, groups: vec3u, lane: u32, lanes: u32) -> u32 {
    return (group.y * groups.x + group.x) * lanes + lane;
}

// x^4 as two squarings: pow is exp2(4 log2 x) and loses digits.
fn pow4(x: f32) -> f32 {
    let x2 = x * x;
    return x2 * x2;
}

// A temperature held as a whole number of coarse steps plus a small remainder, K.
fn temperature(coarse: i32, fine: f32) -> f32 {
    return COARSE_STEP_K * f32(coarse) + fine;
}

// T_b - T_a, K: the coarse parts subtract exactly, so a small difference keeps its digits.
fn difference(coarse_a: i32, fine_a: f32, coarse_b: i32, fine_b: f32) -> f32 {
    return COARSE_STEP_K * f32(coarse_b - coarse_a) + (fine_b - fine_a);
}
