//! Every form of the residual reaches the answer on panels that defeat a plain f32 balance.
use crate::support::panels;
use thermsolve::backend::Cpu;
use thermsolve::solve::balance::ResidualForm;

/// The CPU's two forms. Those of a GPU: `gpu::all_forms_reach_the_answer`.
#[test]
fn all_forms_reach_the_answer() {
    for p in panels::three(48) {
        p.check(&Cpu::<f64>::new(), ResidualForm::HostF64, 1e-8);
        p.check(&Cpu::<f64>::new(), ResidualForm::FixedPoint, 2e-5);
    }
}
