//! The scatter of rays over independent seeds against the standard error that one run predicts.
//!
//! A run has eight independent scramblings; the error of their mean over the standard error from their scatter follows
//! Student's t with seven degrees of freedom if the scramblings are unbiased, independent and nearly normal. Over N runs the
//! distance D of the found from the expected distribution (Kolmogorov–Smirnov) exceeds 2.23/√N in one of 10,000 sets of
//! seeds; mean and variance of z (7/5) are held to four of their standard errors (one in 10,000).

use super::data::{self, Case, Family};
use super::shapes::{Assembly, Side, rectangle};
use super::{Outcome, VerifyError};
use crate::backend::Backend;
use crate::mesh::Shape;
use nalgebra::vector;
use std::f64::consts::PI;
use toml::Table;

/// Seeds of each geometry.
const SEEDS: u32 = 64;
/// Rays of a surface.
const RAYS: u32 = 1 << 12;
/// Geometries: the first cases of A01, A02, A04 and an offset pair.
const PAIRS: u32 = 4;

/// The cases of this family.
pub(super) fn family() -> Family {
    let note = "z-scores of 4 geometries over 64 seeds follow Student's t with 7 degrees of freedom; false alarms 3 in 10,000";
    let case = Case { id: "R-z".into(), note: note.into(), inputs: Table::new(), expected: Table::new(), tol: Table::new() };
    Family {
        id: "R".into(),
        title: "Errors of rays against their predicted standard error".into(),
        source: "exact factors of A01, A02, A04, A12; Student's t".into(),
        kind: "statistical".into(),
        formula: "z = (F - F_exact)/s, s from 8 scramblings".into(),
        crosscheck: String::new(),
        case: vec![case],
    }
}

/// Distribution function of Student's t with 7 degrees of freedom.
fn student(t: f64) -> f64 {
    let angle = (t / 7.0_f64.sqrt()).atan();
    let (s, c) = angle.sin_cos();
    0.5 + (angle + s * c * (1.0 + 2.0 / 3.0 * c * c + 8.0 / 15.0 * c.powi(4))) / PI
}

fn pairs() -> Result<Vec<(Shape, Shape, f64)>, VerifyError> {
    let square = |z: f64| rectangle([0.0, 0.0, z], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]);
    let disc = |z: f64| Shape::disc(vector![0.3, -0.2, z], vector![1.0, 0.0, 0.0], vector![0.0, 1.0, 0.0]);
    let upright = rectangle([0.0; 3], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]);
    let aside = rectangle([1.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]);
    let want = |family: &str| data::family(family)?.case[0].want("F12");
    Ok(vec![
        (square(0.0), square(1.0), want("A01")?),
        (square(0.0), upright, want("A02")?),
        (disc(0.0), disc(1.0), want("A04")?),
        (square(0.0), aside, want("A12")?),
    ])
}

/// Mean, variance, tails and distribution of z.
pub(super) fn scatter<B: Backend>(backend: &B, _: &Case) -> Result<Outcome, VerifyError> {
    let mut z = vec![];
    for (first, second, want) in pairs()? {
        for seed in 0..SEEDS {
            let mut scene = Assembly::default();
            let from = scene.add([first], Side::Front);
            scene.add([second], Side::Back);
            let t = scene.trace(backend, RAYS, 1000 + seed)?;
            let f = t.factor(from, 1);
            let counts = t.raw.hits[0].iter().find(|h| h.0 == 1).map_or([0; 8], |h| h.1);
            let shares = counts.map(|n| f64::from(n) / f64::from(t.raw.replicate_rays[0]));
            let variance = shares.iter().map(|s| (s - f).powi(2)).sum::<f64>() / 7.0 / 8.0;
            z.push((f - want) / variance.sqrt());
        }
    }
    let mut out = Outcome::default();
    let n = f64::from(SEEDS * PAIRS);
    let mean = z.iter().sum::<f64>() / n;
    out.near("mean of z", mean, 0.0, 4.0 * (7.0 / 5.0 / n).sqrt());
    // The fourth moment of t with 7 degrees of freedom is 3·7²/(5·3).
    let variance = z.iter().map(|z| (z - mean).powi(2)).sum::<f64>() / (n - 1.0);
    out.near("variance of z", variance, 7.0 / 5.0, 4.0 * ((9.8 - 1.96) / n).sqrt());
    let beyond = z.iter().filter(|z| z.abs() > 2.364_624).count();
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    out.near("share of |z| beyond its 5 % point", beyond as f64 / n, 0.05, 4.0 * (0.05 * 0.95 / n).sqrt());
    z.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let apart = |(k, z): (usize, &f64)| (student(*z) - k as f64 / n).abs().max((student(*z) - (k + 1) as f64 / n).abs());
    let distance = z.iter().enumerate().map(apart).fold(0.0, f64::max);
    out.near("distance of the distributions", distance, 0.0, 2.23 / n.sqrt());
    Ok(out)
}
