// Constants and arithmetic shared by every kernel; prepended to each.
// Twin: solver/kernels/common.rs. tests/contract.rs compares the two.

// Stefan-Boltzmann constant, W/(m^2 K^4). CODATA 2018.
const STEFAN_BOLTZMANN: f32 = 5.670374419184429e-8;
// Temperature step of the fixed-point part of a node temperature, K: 2^-16.
const COARSE_STEP_K: f32 = 1.52587890625e-5;

// Index of an invocation when a dispatch of `lanes`-wide workgroups is folded into two dimensions.
fn fold(group: vec3u, groups: vec3u, lane: u32, lanes: u32) -> u32 {
    return (group.y * groups.x + group.x) * lanes + lane;
}

// The whole kelvin nearest to the coarse part of a temperature.
fn whole_kelvin(coarse: i32) -> i32 {
    return (coarse + 32768) >> 16u;
}

// T_b - T_a, K: the coarse parts subtract exactly, so a small difference keeps its digits.
fn difference(coarse_a: i32, fine_a: f32, coarse_b: i32, fine_b: f32) -> f32 {
    return COARSE_STEP_K * f32(coarse_b - coarse_a) + (fine_b - fine_a);
}

// A well-mixed hash of one word (multiplicative rounds).
fn hash(x: u32) -> u32 {
    var h = x;
    h = (h ^ (h >> 16u)) * 0x7feb352du;
    h = (h ^ (h >> 15u)) * 0x846ca68bu;
    return h ^ (h >> 16u);
}
