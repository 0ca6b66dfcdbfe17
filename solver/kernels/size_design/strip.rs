//! A tube with half a fin on each side, and the flow in it, in the precision of a backend.

use super::{MOST_LAMBDA, MOST_U, PATCHES, TERMS};
use crate::backend::Real;
use crate::constants::GAUSS;

pub(super) fn max<R: Real>(a: R, b: R) -> R {
    if a > b { a } else { b }
}

pub(super) fn min<R: Real>(a: R, b: R) -> R {
    if a < b { a } else { b }
}

/// The whole part of a number from 0 on, below `of`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
pub(super) fn whole<R: Real>(x: R, of: usize) -> usize {
    (x.get().max(0.0) as usize).min(of - 1)
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
pub(super) fn count<R: Real>(n: usize) -> R {
    R::of(n as f64)
}

/// Efficiency of a fin by its series, λ and u brought into their range. Clenshaw's recurrence in u, all of λ at once, then in λ.
pub(super) fn efficiency<R: Real>(fins: &[R], lambda: R, u: R) -> R {
    let n = R::of;
    let lambda = min(lambda, n(MOST_LAMBDA));
    let root = (n(9.0) * lambda * lambda + n(16.0 * MOST_LAMBDA) * lambda).sqrt() + n(3.0) * lambda;
    let r = if lambda > R::ZERO { n(8.0) * lambda / root } else { R::ZERO } * count(PATCHES[0]);
    let v = min(u * n(1.0 / MOST_U), n(1.0)) * count(PATCHES[1]);
    let (i, k) = (whole(r, PATCHES[0]), whole(v, PATCHES[1]));
    let (x, y) = (n(4.0) * (r - count(i)) - n(2.0), n(4.0) * (v - count(k)) - n(2.0));
    let c = &fins[TERMS * TERMS * (k * PATCHES[0] + i)..];
    let (mut b, mut before) = ([R::ZERO; TERMS], [R::ZERO; TERMS]);
    for row in (1..TERMS).rev() {
        for j in 0..TERMS {
            (b[j], before[j]) = (c[TERMS * row + j] + y * b[j] - before[j], b[j]);
        }
    }
    let (mut d, mut last) = (R::ZERO, R::ZERO);
    let of = |j: usize| c[j] + n(0.5) * y * b[j] - before[j];
    for j in (1..TERMS).rev() {
        (d, last) = (of(j) + x * d - last, d);
    }
    of(0) + n(0.5) * x * d - last
}

/// Darcy friction factor of a smooth tube.
pub(super) fn friction<R: Real>(reynolds: R) -> R {
    let n = R::of;
    if reynolds < n(2300.0) {
        return n(64.0) / reynolds;
    }
    let root = n(0.790) * max(reynolds, n(3000.0)).ln() - n(1.64);
    n(1.0) / (root * root)
}

pub(super) fn gnielinski<R: Real>(reynolds: R, prandtl: R, prandtl_less: R) -> R {
    let n = R::of;
    let f8 = n(0.125) * friction(reynolds);
    f8 * (reynolds - n(1000.0)) * prandtl / (n(1.0) + n(12.7) * f8.sqrt() * prandtl_less)
}

pub(super) fn nusselt<R: Real>(reynolds: R, prandtl: R, prandtl_less: R) -> R {
    let n = R::of;
    if reynolds < n(2300.0) {
        n(4.36)
    } else if reynolds < n(4000.0) {
        n(4.36) + (reynolds - n(2300.0)) * n(1.0 / 1700.0) * (gnielinski(n(4000.0), prandtl, prandtl_less) - n(4.36))
    } else {
        gnielinski(reynolds, prandtl, prandtl_less)
    }
}

/// A tube with half a fin on each side; temperatures over that of the inlet.
pub(super) struct Strip<'a, R> {
    pub(super) fins: &'a [R],
    pub(super) sink: R,
    pub(super) inlet_k: R,
    pub(super) emission_w_m: R,
    pub(super) band_m: R,
    pub(super) fin_m: R,
    /// λ over θ³.
    pub(super) lambda: R,
    pub(super) resistance_m_k_per_w: R,
}

/// What a strip does where the coolant has one temperature: heat, W/m, `θ⁴ − θ_s⁴` and θ of the base.
#[derive(Clone, Copy)]
pub(super) struct At<R> {
    pub(super) heat_w_m: R,
    pub(super) fourth: R,
    pub(super) base: R,
}

impl<R: Real> Strip<'_, R> {
    /// Fin efficiency, and heat per metre over `θ⁴ − θ_s⁴`.
    fn fin(&self, base: R) -> (R, R) {
        let (cube, sink2) = (base * base * base, self.sink * self.sink);
        let eta = efficiency(self.fins, self.lambda * cube, sink2 * sink2 / (cube * base));
        (eta, self.emission_w_m * (self.band_m + R::of(2.0) * self.fin_m * eta))
    }

    /// `θ⁴ − θ_s⁴` from `θ − θ_s`, no difference of near numbers.
    fn fourth(&self, above: R) -> R {
        let base = self.sink + above;
        above * (base + self.sink) * (base * base + self.sink * self.sink)
    }

    /// The drop δ from coolant to base by secants: `R q'(θ_f − δ)/T_in − δ = 0`.
    pub(super) fn at(&self, above_sink: R) -> At<R> {
        let n = R::of;
        let per = self.resistance_m_k_per_w / self.inlet_k;
        let (mut drop, mut last_drop, mut last_miss) = (R::ZERO, R::ZERO, R::ZERO);
        let mut state = At { heat_w_m: R::ZERO, fourth: R::ZERO, base: self.sink + above_sink };
        for round in 0..60 {
            let above = max(above_sink - drop, R::ZERO);
            let base = self.sink + above;
            let (_, width) = self.fin(base);
            let heat_w_m = width * self.fourth(above);
            let rise = n(4.0) * width * base * base * base;
            let miss = heat_w_m * per - drop;
            let apart = drop - last_drop;
            let known = round > 0 && max(apart, -apart) > n(1e-7) * base;
            // Never flatter than that of the drop itself.
            let slope = if known { min((miss - last_miss) / apart, n(-1.0)) } else { -(n(1.0) + rise * per) };
            let step = -(miss / slope);
            // The step that is left is a line's: the heat follows it.
            state.heat_w_m = heat_w_m - rise * step;
            state.fourth = self.fourth(max(above - step, R::ZERO));
            state.base = base - step;
            if max(step, -step) < n(1e-6) * base {
                break;
            }
            (last_drop, last_miss) = (drop, miss);
            drop += step;
        }
        state
    }

    /// Integral over the tube, `∫ dT_f/q'`, m K/W, and the mean fin efficiency.
    pub(super) fn along(&self, hot: At<R>, cold: At<R>) -> (R, R) {
        let n = R::of;
        let sink2 = self.sink * self.sink;
        let height = (hot.fourth / cold.fourth).ln();
        let panels = whole(max(height, -height) * n(1.0 / 3.0), 16) + 1;
        let width_z = height / count(panels);
        let (mut sum, mut efficiency, mut span) = (R::ZERO, R::ZERO, R::ZERO);
        for panel in 0..panels {
            for (x, weight) in GAUSS {
                let above = cold.fourth * (width_z * (count::<R>(panel) + n(x))).exp();
                let base = (above + sink2 * sink2).sqrt().sqrt();
                let (eta, width) = self.fin(base);
                let cube = n(4.0) * base * base * base;
                sum += n(weight) * width_z / (cube * width);
                efficiency += n(weight) * eta * above / cube;
                span += n(weight) * above / cube;
            }
        }
        let across = self.resistance_m_k_per_w * (hot.heat_w_m / cold.heat_w_m).ln();
        (self.inlet_k * sum + across, efficiency / span)
    }
}

