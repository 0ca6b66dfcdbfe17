//! The radiating fin in closed form.

/// Eight-point Gauss-Legendre rule on 0..1: nodes and weights.
const GAUSS: [(f64, f64); 8] = [
    (0.019_855_071_751_231_856, 0.050_614_268_145_188_13),
    (0.101_666_761_293_186_64, 0.111_190_517_226_687_24),
    (0.237_233_795_041_835_5, 0.156_853_322_938_943_64),
    (0.408_282_678_752_175_1, 0.181_341_891_689_181),
    (0.591_717_321_247_825, 0.181_341_891_689_181),
    (0.762_766_204_958_164_5, 0.156_853_322_938_943_64),
    (0.898_333_238_706_813_4, 0.111_190_517_226_687_24),
    (0.980_144_928_248_768_1, 0.050_614_268_145_188_13),
];

/// Efficiency of a fin that radiates to a sink, `η = ∫(θ⁴ − u)dξ / (1 − u)`.
///
/// `θ'' = λ(θ⁴ − u)`, θ(0) = 1, θ'(1) = 0; `λ = n ε σ T_b³ l²/(k t)` with n radiating faces, `u = (T_sink/T_base)⁴`.
/// First integral: `θ'² = 2λ [(θ⁵ − θ_t⁵)/5 − u(θ − θ_t)]`; the tip θ_t follows from `∫ dθ/|θ'| = 1`, with
/// `θ = θ_t + (1 − θ_t) s²` to remove the root at the tip, by bisection; then `η = |θ'(0)| / (λ(1 − u))`.
/// For `u ≥ 1` the heat flows inwards; the linear fin `tanh m / m`, `m² = 4λ`, is used there.
/// Truth: `sizing::fin_efficiency` (D01, D02), to 1e-6.
pub fn efficiency(lambda: f64, u: f64) -> f64 {
    if u > 0.98 || lambda < 1e-4 {
        let m = 2.0 * lambda.sqrt();
        return if m < 1e-8 { 1.0 } else { m.tanh() / m };
    }
    // (θ'²)/(2λ) divided by (θ − θ_t): a polynomial without cancellation.
    let slope = |t: f64, tip: f64| {
        let powers = t.powi(4) + t.powi(3) * tip + t * t * tip * tip + t * tip.powi(3) + tip.powi(4);
        powers / 5.0 - u
    };
    let length = |tip: f64| -> f64 {
        // Two panels: the integrand rises steeply at the tip when λ is large.
        let part = |from: f64, to: f64| -> f64 {
            let along = |(x, w): &(f64, f64)| {
                let s = from + (to - from) * x;
                w / slope(tip + (1.0 - tip) * s * s, tip).max(1e-300).sqrt()
            };
            (to - from) * GAUSS.iter().map(along).sum::<f64>()
        };
        let edges = [0.0, 0.05, 0.2, 0.5, 1.0];
        let whole: f64 = edges.windows(2).map(|e| part(e[0], e[1])).sum();
        2.0 * ((1.0 - tip) / (2.0 * lambda)).sqrt() * whole
    };
    let (mut low, mut high) = (u.powf(0.25), 1.0);
    for _ in 0..52 {
        let tip = 0.5 * (low + high);
        if length(tip) > 1.0 {
            low = tip
        } else {
            high = tip
        }
        if high - low < 1e-13 {
            break;
        }
    }
    let tip = 0.5 * (low + high);
    (2.0 * lambda * (1.0 - tip) * slope(1.0, tip)).sqrt() / (lambda * (1.0 - u))
}
