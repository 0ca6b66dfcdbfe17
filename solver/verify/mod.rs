//! The verification manual: every reference case through the public API of the modules before this one.
//!
//! [`data`] holds the cases; a runner per family turns one into [`Check`]s: a quantity, what the case expects, what came
//! out and how near it must be. A case that the program cannot express is listed with its reason, never dropped. Beside the
//! cases stand `I`, some of them on imported meshes, `M`, manufactured solutions with their observed order, and `R`, the scatter of rays over independent seeds
//! against the error that one run predicts.

mod bars;
mod by_temperature;
mod chains;
mod conduction;
pub mod data;
mod exchange;
mod facing;
mod fins;
mod grid;
mod imported;
mod manufactured;
pub mod meshes;
pub mod networks;
mod orbit;
mod rays;
mod shapes;
mod solids;
mod spread;
mod systems;
mod time;
mod view_factors;

use crate::backend::{Backend, DeviceError};
use crate::environment::AttitudeError;
use crate::environment::FlightError;
use crate::environment::time::DateError;
use crate::radiation::RadiationError;
use crate::solve::steady::SolveError;
use data::{Case, Family};

/// Why a case could not be run.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The data are incomplete.
    #[error("{0}")]
    Data(String),
    /// Tracing failed.
    #[error(transparent)]
    Radiation(#[from] RadiationError),
    /// The solver failed.
    #[error(transparent)]
    Solve(#[from] SolveError),
    /// The device failed.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// No attitude.
    #[error(transparent)]
    Attitude(#[from] AttitudeError),
    /// No Sun at that date.
    #[error(transparent)]
    Date(#[from] DateError),
    /// No such flight.
    #[error(transparent)]
    Flight(#[from] FlightError),
}

/// One quantity compared.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Check {
    /// What.
    pub quantity: String,
    /// What the case says.
    pub expected: f64,
    /// What came out.
    pub got: f64,
    /// Largest difference allowed.
    pub within: f64,
}

impl Check {
    /// Signed difference.
    pub fn error(&self) -> f64 {
        self.got - self.expected
    }
    /// Whether it is near enough; not a number is not.
    pub fn passed(&self) -> bool {
        self.error().abs() <= self.within
    }
    /// Difference over what is allowed.
    pub fn used(&self) -> f64 {
        self.error().abs() / self.within.max(f64::MIN_POSITIVE)
    }
}

/// Errors over mesh widths: what convergence plots show.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Series {
    /// What is refined.
    pub what: String,
    /// Width of a cell over the size of the whole, and the error.
    pub points: Vec<(f64, f64)>,
}

impl Series {
    /// Order between the two finest meshes.
    pub fn order(&self) -> f64 {
        match self.points[..] {
            [.., (h0, e0), (h1, e1)] => (e0 / e1).ln() / (h0 / h1).ln(),
            _ => f64::NAN,
        }
    }
}

/// What a runner found.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    checks: Vec<Check>,
    series: Vec<Series>,
    open: Option<String>,
    outside: bool,
}

impl Outcome {
    /// A case that the program cannot express.
    fn open(reason: &str) -> Self {
        Self { open: Some(reason.to_owned()), ..Self::default() }
    }
    /// A case out of scope: it leaves nothing to compute.
    fn outside(reason: &str) -> Self {
        Self { outside: true, ..Self::open(reason) }
    }
    /// The rest of this case, for that reason, is not compared.
    fn but(mut self, reason: &str) -> Self {
        self.open = Some(reason.to_owned());
        self
    }
    fn near(&mut self, quantity: impl Into<String>, got: f64, expected: f64, within: f64) {
        self.checks.push(Check { quantity: quantity.into(), expected, got, within });
    }
    /// Near in proportion to what is expected.
    fn close(&mut self, quantity: impl Into<String>, got: f64, expected: f64, relative: f64) {
        self.near(quantity, got, expected, relative * expected.abs());
    }
    /// A refinement series and its order between the two finest meshes, ± 0.1.
    fn order(&mut self, what: &str, points: Vec<(f64, f64)>, expected: f64) {
        let series = Series { what: what.to_owned(), points };
        self.near(format!("order, {what}"), series.order(), expected, 0.1);
        self.series.push(series);
    }
}

/// A case and what came of it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct CaseResult {
    /// Name of the case.
    pub case: String,
    /// Name of its family.
    pub family: String,
    /// What it is.
    pub title: String,
    /// Where its numbers come from.
    pub source: String,
    /// All comparisons; none if the case cannot be expressed.
    pub checks: Vec<Check>,
    /// Refinement series.
    pub series: Vec<Series>,
    /// Why the case, or a part of it, is not compared.
    pub open: Option<String>,
    /// Whether it is out of scope: it leaves nothing to compute.
    pub outside: bool,
    /// What went wrong.
    pub failure: Option<String>,
    /// Time, s.
    pub seconds: f64,
}

impl CaseResult {
    /// Whether anything is compared.
    pub fn ran(&self) -> bool {
        self.failure.is_some() || !self.checks.is_empty()
    }
    /// Whether nothing failed.
    pub fn passed(&self) -> bool {
        self.failure.is_none() && self.checks.iter().all(Check::passed)
    }
    /// The comparison that uses most of its tolerance.
    pub fn worst(&self) -> Option<&Check> {
        let used = |c: &&Check| if c.used().is_nan() { f64::INFINITY } else { c.used() };
        self.checks.iter().max_by(|a, b| used(a).total_cmp(&used(b)))
    }
}

/// All that was run.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Verification {
    /// Where.
    pub device: String,
    /// The cases, in order.
    pub cases: Vec<CaseResult>,
}

impl Verification {
    /// Whether nothing failed and something ran.
    pub fn passed(&self) -> bool {
        self.cases.iter().any(CaseResult::ran) && self.cases.iter().all(CaseResult::passed)
    }
}

/// Which cases to run.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Beginnings of their names, any of them; none: all.
    pub names: Vec<String>,
    /// Of each family the first and the last case of each kind only, a kind being cases with the same description and the same
    /// inputs; of families whose cases take long the first case.
    pub fast: bool,
}

impl Selection {
    /// Cases whose names begin so, separated by commas.
    pub fn named(names: &str) -> Self {
        let names = names.split(',').map(str::trim).filter(|n| !n.is_empty()).map(str::to_owned).collect();
        Self { names, fast: false }
    }
    fn takes(&self, case: &str) -> bool {
        let whole = |n: &str| case == n || case.strip_prefix(n).is_some_and(|rest| rest.starts_with('-'));
        self.names.is_empty() || self.names.iter().any(|n| if n.len() > 2 { whole(n) } else { case.starts_with(n.as_str()) })
    }
}

/// Families and cases that take half a second or more a case: a fast run takes the first of such a family only.
const LONG: [&str; 14] = ["A05", "A06", "A10", "A11", "A14", "B02", "B04", "B05", "C02", "C07", "C12", "C13", "D05", "G13"];

/// Whether a fast run takes a case: the first or the last of its kind in its family.
fn is_quick(family: &Family, case: &Case) -> bool {
    if LONG.iter().any(|long| [&*family.id, &*case.id].contains(long)) {
        return family.case.first().is_some_and(|first| first.id == case.id);
    }
    let alike = |c: &&Case| c.note == case.note && c.inputs.keys().eq(case.inputs.keys());
    let mut kind = family.case.iter().filter(alike).map(|c| &c.id);
    kind.next() == Some(&case.id) || kind.next_back() == Some(&case.id)
}

/// All cases there are: those of the files, then some of them on imported meshes (`I`), manufactured solutions (`M`) and the scatter of rays (`R`).
pub fn all_families() -> Result<Vec<Family>, VerifyError> {
    let mut all = data::families()?;
    all.extend([imported::family()?, manufactured::family(), rays::family()]);
    Ok(all)
}

/// Runs the selected cases. `tick` is called with each result as it comes.
///
/// Errors: only data that cannot be read. A case that fails to run is a failed case.
pub fn run<B: Backend>(
    backend: &B,
    selection: &Selection,
    tick: &mut dyn FnMut(&CaseResult),
) -> Result<Verification, VerifyError> {
    let mut cases = vec![];
    for family in all_families()? {
        for case in &family.case {
            if selection.fast && !is_quick(&family, case) {
                continue;
            }
            if !selection.takes(&case.id) && !selection.takes(&family.id) {
                continue;
            }
            let start = std::time::Instant::now();
            let (outcome, failure) = match run_case(backend, &family.id, case) {
                Ok(outcome) => (outcome, None),
                Err(e) => (Outcome::default(), Some(e.to_string())),
            };
            let result = CaseResult {
                case: case.id.clone(),
                family: family.id.clone(),
                title: if case.note.is_empty() { family.title.clone() } else { case.note.clone() },
                source: family.source.clone(),
                checks: outcome.checks,
                series: outcome.series,
                open: outcome.open,
                outside: outcome.outside,
                failure,
                seconds: start.elapsed().as_secs_f64(),
            };
            tick(&result);
            cases.push(result);
        }
    }
    Ok(Verification { device: backend.describe(), cases })
}

/// The runner of each family. One that is not there yet has its reason here.
fn run_case<B: Backend>(backend: &B, family: &str, c: &Case) -> Result<Outcome, VerifyError> {
    match family {
        "A01" | "A02" | "A03" | "A04" | "A08" | "A12" | "A13" => view_factors::flat(backend, family, c),
        "A05" | "A06" | "A09" | "A10" | "A11" | "A14" => solids::curved(backend, family, c),
        "A07" => orbit::plate_to_planet(backend, c),
        "B01" | "B07" => exchange::shields(backend, c),
        "B02" => exchange::concentric(backend, c),
        "B03" => exchange::enclosure(backend, c),
        "B04" => exchange::cavity(backend, c),
        "B05" => exchange::squares(backend, c),
        "B06" => exchange::mirrors(backend, c),
        "C01" | "C05" => chains::chain(backend, c),
        "C04" | "C08" | "C09" => conduction::field(backend, c),
        "C07" => conduction::anisotropic(backend, c),
        "C06" => by_temperature::slabs(backend, c),
        "C10" => by_temperature::square(backend, c),
        "C14" if c.id == "C14-1" => by_temperature::cube(backend, c),
        "C14" if c.id == "C14-2" => time::decaying(backend, c),
        "C14" => chains::radiating_end(backend, c),
        "C02" => time::thick(backend, c),
        "C03" => time::convection(backend, c),
        "C11" => time::radiating(backend, c),
        "C12" => time::wave(backend, c),
        "C13" => time::melting(backend, c),
        "D01" | "D02" => fins::straight(backend, c),
        "D03" => fins::annular(backend, c),
        "D04" => fins::pumped(backend, c),
        "D05" => fins::tube_fin(backend, c),
        "E02" => orbit::equilibrium(backend, c),
        "E01" => time::sphere(backend, c),
        "E03" => time::one_node(backend, c),
        "E04" => time::two_nodes(backend, c),
        "E05" => time::thermostat(backend, c),
        "E06" => time::chain(backend, c),
        "E07" => chains::lumped(backend, c),
        "F01" => orbit::sun_and_beta(c),
        "F02" => orbit::eclipse(c),
        "F03" => orbit::penumbra(c),
        "F04" => orbit::sun_synchronous(c),
        "F05" => orbit::season(c),
        "F06" => orbit::flux(c),
        "F07" => orbit::cube(backend, c),
        "F08" => orbit::albedo(backend, c),
        "F09" => orbit::lunar_infrared(backend, c),
        "F10" => orbit::kepler(c),
        "F11" => orbit::sink(backend, c),
        "G" => systems::published(backend, c),
        "G19" => systems::megawatt(c),
        "G21" => systems::station_loop(backend, c),
        "ENV" => Ok(Outcome::outside("design inputs, nothing to compute")),
        "I" => imported::solve(backend, c),
        "M" => manufactured::solve(backend, c),
        "R" => rays::scatter(backend, c),
        other => Err(VerifyError::Data(format!("no runner for {other}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fast run leaves no family out, takes both ends of every kind, and of long families one case.
    #[test]
    fn a_fast_run_takes_the_ends_of_every_kind() {
        let families = all_families().unwrap();
        let quick = |f: &Family| f.case.iter().filter(|c| is_quick(f, c)).map(|c| c.id.clone()).collect::<Vec<_>>();
        for f in &families {
            let taken = quick(f);
            assert_eq!(taken.first(), f.case.first().map(|c| &c.id));
            assert!(!LONG.contains(&&*f.id) || taken.len() == 1, "{taken:?}");
        }
        let of = |id: &str| quick(families.iter().find(|f| f.id == id).unwrap());
        assert_eq!(of("A01"), ["A01-1", "A01-7"]);
        for long in LONG {
            assert!(families.iter().any(|f| f.id == long || f.case.iter().any(|c| c.id == long)), "no {long}");
        }
    }
}
