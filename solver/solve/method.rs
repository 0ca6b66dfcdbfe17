//! Time integration: explicit first stage, singly diagonally implicit Runge-Kutta methods, stiffly accurate and L-stable.

/// Which method.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// TR-BDF2: second order, two implicit stages.
    #[default]
    TrBdf2,
    /// ESDIRK4(3)6L\[2\]SA: fourth order, five implicit stages; for tight tolerances.
    Esdirk4,
}

/// Coefficients: `y_s = y_n + h Σ_j a_sj f(t_n + c_j h, y_j)`; the last stage is the result.
#[derive(Debug)]
pub struct Tableau {
    /// c.
    pub times: &'static [f64],
    /// Rows of a, the diagonal last; the first stage has none.
    pub rows: &'static [&'static [f64]],
    /// b less the weights of the embedded method.
    pub error: &'static [f64],
    /// Order of the error estimate: it falls as `h^order`.
    pub order: i32,
}

/// `2 − √2`.
const G: f64 = 0.585_786_437_626_904_9;
/// `√2 / 4`.
const W: f64 = 0.353_553_390_593_273_8;
const D: f64 = 0.5 * G;

/// TR-BDF2 with its third-order companion. Source: Hosea and Shampine 1996.
const TR_BDF2: Tableau = Tableau {
    times: &[0.0, G, 1.0],
    rows: &[&[], &[D, D], &[W, W, D]],
    error: &[W - (1.0 - W) / 3.0, W - (3.0 * W + 1.0) / 3.0, D - D / 3.0],
    order: 3,
};

/// ESDIRK4(3)6L\[2\]SA. Source: Kennedy and Carpenter 2003, the implicit half of ARK4(3)6L\[2\]SA.
const ESDIRK4: Tableau = Tableau {
    times: &[0.0, 0.5, 83.0 / 250.0, 31.0 / 50.0, 17.0 / 20.0, 1.0],
    rows: &[
        &[],
        &[0.25, 0.25],
        &[8611.0 / 62_500.0, -1743.0 / 31_250.0, 0.25],
        &[5_012_029.0 / 34_652_500.0, -654_441.0 / 2_922_500.0, 174_375.0 / 388_108.0, 0.25],
        &[
            15_267_082_809.0 / 155_376_265_600.0,
            -71_443_401.0 / 120_774_400.0,
            730_878_875.0 / 902_184_768.0,
            2_285_395.0 / 8_070_912.0,
            0.25,
        ],
        &[82_889.0 / 524_892.0, 0.0, 15_625.0 / 83_664.0, 69_875.0 / 102_672.0, -2260.0 / 8211.0, 0.25],
    ],
    error: &[
        82_889.0 / 524_892.0 - 4_586_570_599.0 / 29_645_900_160.0,
        0.0,
        15_625.0 / 83_664.0 - 178_811_875.0 / 945_068_544.0,
        69_875.0 / 102_672.0 - 814_220_225.0 / 1_159_782_912.0,
        -2260.0 / 8211.0 + 3_700_637.0 / 11_593_932.0,
        0.25 - 61_727.0 / 225_920.0,
    ],
    order: 4,
};

impl Method {
    /// Its coefficients. Truth: `transient::order_in_time`.
    pub fn tableau(self) -> &'static Tableau {
        match self {
            Self::TrBdf2 => &TR_BDF2,
            Self::Esdirk4 => &ESDIRK4,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Order conditions: `Σ b c^k = 1/(k+1)`, row sums are the times, and those of the embedded method.
    #[test]
    fn order_conditions_hold() {
        for (method, order) in [(Method::TrBdf2, 2), (Method::Esdirk4, 4)] {
            let t = method.tableau();
            let b = t.rows[t.rows.len() - 1];
            for (row, time) in t.rows.iter().zip(t.times) {
                assert!((row.iter().sum::<f64>() - time).abs() < 1e-14, "{method:?}");
            }
            for k in 0..order {
                let moment = |w: &[f64]| w.iter().zip(t.times).map(|(w, c)| w * c.powi(k)).sum::<f64>();
                assert!((moment(b) - 1.0 / f64::from(k + 1)).abs() < 1e-14, "{method:?}, moment {k}");
                // The embedded method shares all moments below the order of the estimate.
                if k < t.order - 1 {
                    assert!(moment(t.error).abs() < 1e-14, "{method:?}, error moment {k}");
                }
            }
            // Stage order: Σ a_sj c_j = c_s²/2.
            for (row, time) in t.rows.iter().zip(t.times) {
                let second: f64 = row.iter().zip(t.times).map(|(a, c)| a * c).sum();
                assert!((second - 0.5 * time * time).abs() < 1e-14, "{method:?}");
            }
        }
    }
}
