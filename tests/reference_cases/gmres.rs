//! GMRES against dense factorisation.
use proptest::prelude::*;
use thermsolve::solve::gmres;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Random systems that are not symmetric, preconditioned by their diagonal, with and without restarts.
    #[test]
    fn nonsymmetric_systems(n in 1_usize..40, entries in prop::collection::vec(-1.0_f64..1.0, 1600), restart in 4_usize..50) {
        let mut a = nalgebra::DMatrix::from_fn(n, n, |i, j| entries[40 * i + j]);
        (0..n).for_each(|i| a[(i, i)] += 0.6 * n as f64 + 2.0);
        let exact: Vec<f64> = (0..n).map(|i| (i as f64).sin()).collect();
        let b: Vec<f64> = (&a * nalgebra::DVector::from_vec(exact.clone())).iter().copied().collect();
        let apply = |x: &[f64], y: &mut [f64]| -> Result<(), ()> {
            y.copy_from_slice((&a * nalgebra::DVector::from_column_slice(x)).as_slice());
            Ok(())
        };
        let precondition = |r: &[f64], z: &mut [f64]| -> Result<(), ()> {
            (0..n).for_each(|i| z[i] = r[i] / a[(i, i)]);
            Ok(())
        };
        let (x, products) = gmres::solve(apply, precondition, &b, (1e-12, restart, 400)).unwrap();
        prop_assert!(restart < n || products <= n, "{products} products for {n} unknowns");
        for i in 0..n {
            prop_assert!((x[i] - exact[i]).abs() < 1e-8, "{} against {}", x[i], exact[i]);
        }
    }
}
