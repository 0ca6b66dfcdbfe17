//! Heat exchangers of two streams: effectiveness by number of transfer units.

use crate::case::components::Arrangement;

/// Number of transfer units from which on effectiveness stays.
pub const MOST_NTU: f64 = 1000.0;

/// Effectiveness `ε = Q / (C_min (T_hot,in − T_cold,in))` of `N = UA/C_min` and `c = C_min/C_max`:
///
/// - counterflow `(1 − e^{−N(1−c)}) / (1 − c e^{−N(1−c)})`, for c = 1 `N/(1+N)`;
/// - parallel `(1 − e^{−N(1+c)}) / (1+c)`;
/// - cross, both unmixed `Σ_n P(n+1, N) P(n+1, cN) / (cN)`, P the part of a Poisson distribution beyond n (Mason 1955), for c = 0
///   `1 − e^{−N}`;
/// - shell `2 / (1 + c + g coth(gN/2))`, `g = √(1+c²)`.
///
/// N counts up to [`MOST_NTU`]. Source: Kays and London, Compact Heat Exchangers; Incropera table 11.3. Truth:
/// `exchanger::tests::effectiveness_as_others_have_it`.
pub fn effectiveness(arrangement: Arrangement, ntu: f64, ratio: f64) -> f64 {
    let (n, c) = (ntu.min(MOST_NTU), ratio);
    match arrangement {
        Arrangement::Counterflow if c >= 1.0 => n / (1.0 + n),
        Arrangement::Counterflow => {
            let gained = -(-n * (1.0 - c)).exp_m1();
            gained / (1.0 - c + c * gained)
        }
        Arrangement::Parallel => -(-n * (1.0 + c)).exp_m1() / (1.0 + c),
        Arrangement::Cross => cross(n, c),
        Arrangement::Shell => {
            let g = 1.0f64.hypot(c);
            2.0 / (1.0 + c + g / (0.5 * g * n).tanh())
        }
    }
}

fn cross(n: f64, c: f64) -> f64 {
    let few = -(-n).exp_m1();
    if n == 0.0 || c * n < 1e-12 {
        return few;
    }
    // What is beyond k of both distributions, and the logarithms of their terms.
    let (mut beyond, mut term, mut sum) = ([few, -(-c * n).exp_m1()], [-n, -c * n], 0.0);
    for k in 1..10_000_u32 {
        let more = beyond[0] * beyond[1];
        sum += more;
        if more <= 1e-17 * sum {
            break;
        }
        for (b, (t, x)) in beyond.iter_mut().zip(term.iter_mut().zip([n, c * n])) {
            *t += x.ln() - f64::from(k).ln();
            *b = (*b - t.exp()).max(0.0);
        }
    }
    sum / (c * n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Arrangement::{Counterflow, Cross, Parallel, Shell};

    #[test]
    fn effectiveness_as_others_have_it() {
        // Python package ht 1.2.0, effectiveness_from_NTU; crossflow is its integral of Bessel functions.
        for (arrangement, expected) in [
            (Counterflow, [0.377_588_926_442_570_75, 0.5, 0.829_507_007_519_015, 0.907_719_230_559_874_1]),
            (Parallel, [0.371_790_857_184_807_75, 0.432_332_358_381_693_65, 0.584_648_972_608_520_2, 0.512_820_426_726_793_3]),
            (Cross, [0.375_094_429_279_976_7, 0.476_222_388_197_391_27, 0.763_388_562_578_985_8, 0.819_615_763_333_190_9]),
            (Shell, [0.374_661_482_951_488_27, 0.462_670_994_061_549_55, 0.670_015_438_593_412_1, 0.600_716_787_025_123_5]),
        ] {
            for ((n, c), e) in [(0.5, 0.25), (1.0, 1.0), (3.0, 0.7), (8.0, 0.95)].into_iter().zip(expected) {
                let got = effectiveness(arrangement, n, c);
                assert!((got - e).abs() < 1e-12, "{arrangement:?} N {n} c {c}: {got}, expected {e}");
            }
        }
        assert!((effectiveness(Cross, 40.0, 0.5) - 0.999_485_973_417_388).abs() < 1e-12);
    }

    #[test]
    fn limits_of_effectiveness() {
        for a in [Counterflow, Parallel, Cross, Shell] {
            for n in [1e-3, 0.3, 2.0, 7.0] {
                // One stream that keeps its temperature: all arrangements are one.
                assert!((effectiveness(a, n, 0.0) - (1.0 - f64::exp(-n))).abs() < 1e-13, "{a:?} {n}");
                assert!((effectiveness(a, n, 1e-13) - effectiveness(a, n, 0.0)).abs() < 1e-11, "{a:?} {n}");
                assert!(effectiveness(a, n, 1.0) <= effectiveness(Counterflow, n, 1.0) + 1e-14, "{a:?} {n}");
            }
            assert_eq!(effectiveness(a, 0.0, 0.7), 0.0);
            assert_eq!(effectiveness(a, 1e300, 0.5), effectiveness(a, MOST_NTU, 0.5));
        }
        assert!((effectiveness(Counterflow, 3.0, 1.0 - 1e-12) - 0.75).abs() < 1e-11);
    }
}
