//! A search for the designs that no other beats: NSGA-II (Deb et al. 2002, crate `moors`), with simulated binary crossover and
//! Gaussian mutation in the unit cube of the keys.

use moors::algorithms::Nsga2Builder;
use moors::duplicates::ExactDuplicatesCleaner;
use moors::evaluator::ConstraintsFn;
use moors::operators::{GaussianMutation, RandomSamplingFloat, SimulatedBinaryCrossover};
use ndarray::{Array2, Ix2};
use std::cell::RefCell;
use std::collections::HashMap;
use std::io::{Error, Result};

/// What a design is worth.
#[derive(Clone, Debug, PartialEq)]
pub enum Score {
    /// Objectives, the less the better.
    Within(Vec<f64>),
    /// How far it is outside the limits, the sum of relative distances.
    Outside(f64),
    /// It cannot be built.
    Failed,
}

/// A design outside the limits is beaten by every one within them, and by those less far outside (Deb's rule), by these objectives.
const OUTSIDE: f64 = 1e30;
const FAILED: f64 = 1e6;

impl Score {
    fn objectives(&self, count: usize) -> Vec<f64> {
        match self {
            Self::Within(objectives) => objectives.clone(),
            Self::Outside(distance) => vec![OUTSIDE * (1.0 + distance.min(FAILED)); count],
            Self::Failed => vec![OUTSIDE * (1.0 + FAILED); count],
        }
    }
}

/// No limits but those of the cube.
struct UnitCube;

impl ConstraintsFn for UnitCube {
    type Dim = Ix2;
    fn call(&self, genes: &Array2<f64>) -> Array2<f64> {
        Array2::zeros((genes.nrows(), 0))
    }
    fn lower_bound(&self) -> Option<f64> {
        Some(0.0)
    }
    fn upper_bound(&self) -> Option<f64> {
        Some(1.0)
    }
}

/// Distribution index of crossover, standard deviation of mutation, in units of a key's range.
const CROSSOVER_INDEX: f64 = 15.0;
const MUTATION: f64 = 0.1;

/// How a search goes.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Dimensions of the cube.
    pub keys: usize,
    /// Objectives.
    pub objectives: usize,
    /// Designs of a generation.
    pub population: usize,
    /// Generations, the first included.
    pub generations: usize,
    /// Seed.
    pub seed: u64,
}

/// Searches. `score` is given the designs of a generation that are new, at most a population, as places in the unit cube, and is called
/// `generations` times at most; the places depend on nothing but the settings and the scores.
///
/// Errors: those of `score`, which end it. Truth: `search::tests::the_front_of_zdt1`, `study::a_search_finds_the_front`.
pub fn search(settings: Settings, mut score: impl FnMut(&[Vec<f64>]) -> Result<Vec<Score>>) -> Result<()> {
    let Settings { keys, objectives, population, generations, seed } = settings;
    // The survivors come again with every generation.
    let mut known: HashMap<Vec<u64>, Vec<f64>> = HashMap::new();
    let mut failure: Option<Error> = None;
    let evaluate = RefCell::new(|genes: &Array2<f64>| -> Array2<f64> {
        let name = |row: &[f64]| row.iter().map(|x| x.to_bits()).collect::<Vec<u64>>();
        let rows: Vec<Vec<f64>> = genes.rows().into_iter().map(|r| r.to_vec()).collect();
        let mut new: Vec<Vec<f64>> = vec![];
        for row in &rows {
            if !known.contains_key(&name(row)) && !new.contains(row) {
                new.push(row.clone());
            }
        }
        if !new.is_empty() && failure.is_none() {
            match score(&new) {
                Ok(scores) => known.extend(new.iter().zip(&scores).map(|(row, s)| (name(row), s.objectives(objectives)))),
                Err(e) => failure = Some(e),
            }
        }
        let worst = Score::Failed.objectives(objectives);
        Array2::from_shape_fn((rows.len(), objectives), |(i, j)| known.get(&name(&rows[i])).unwrap_or(&worst)[j])
    });
    #[expect(clippy::cast_precision_loss, reason = "few keys")]
    let each = 1.0 / keys as f64;
    let built = Nsga2Builder::default()
        .sampler(RandomSamplingFloat::new(0.0, 1.0))
        .crossover(SimulatedBinaryCrossover::new(CROSSOVER_INDEX))
        .mutation(GaussianMutation::new(each, MUTATION))
        .duplicates_cleaner(ExactDuplicatesCleaner::new())
        .fitness_fn(|genes: &Array2<f64>| (evaluate.borrow_mut())(genes))
        .constraints_fn(UnitCube)
        .num_vars(keys)
        .population_size(population)
        .num_offsprings(population)
        .num_iterations(generations - 1)
        .mutation_rate(1.0)
        .crossover_rate(0.9)
        .seed(seed)
        .build();
    let ran = built.map_err(|e| Error::other(e.to_string())).and_then(|mut b| b.run().map_err(|e| Error::other(e.to_string())));
    match failure {
        Some(e) => Err(e),
        None => ran,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ZDT1 (Zitzler, Deb, Thiele 2000): the front is `f₂ = 1 − √f₁`, where all keys but the first are 0.
    #[test]
    fn the_front_of_zdt1() {
        let settings = Settings { keys: 6, objectives: 2, population: 60, generations: 60, seed: 3 };
        let run = |limit: f64| {
            let mut last: Vec<(f64, f64)> = vec![];
            let (mut calls, mut designs) = (0, 0);
            search(settings, |places| {
                calls += 1;
                designs += places.len();
                assert!(places.len() <= 60 && places.iter().flatten().all(|x| (0.0..=1.0).contains(x)));
                let values: Vec<(f64, f64)> = places
                    .iter()
                    .map(|x| {
                        let g = 1.0 + 9.0 * x[1..].iter().sum::<f64>() / 5.0;
                        (x[0], g * (1.0 - (x[0] / g).sqrt()))
                    })
                    .collect();
                last.clone_from(&values);
                let outside = |f: f64| f - limit;
                Ok(values
                    .into_iter()
                    .map(|(a, b)| if a > limit { Score::Outside(outside(a)) } else { Score::Within(vec![a, b]) })
                    .collect())
            })
            .unwrap();
            assert_eq!((calls, designs), (60, 3600));
            last
        };
        // The last generation's best lie near the front, all along it.
        let best = |last: &[(f64, f64)]| -> Vec<(f64, f64)> {
            let beaten = |p: &(f64, f64)| last.iter().any(|q| q.0 <= p.0 && q.1 <= p.1 && q != p);
            last.iter().filter(|p| !beaten(p)).copied().collect()
        };
        let whole = run(1.0);
        let front = best(&whole);
        assert!(front.len() > 10 && front.iter().all(|(a, b)| b - (1.0 - a.sqrt()) < 0.05), "{front:?}");
        assert!(front.iter().any(|p| p.0 < 0.1) && front.iter().any(|p| p.0 > 0.8), "{front:?}");
        // A limit is kept, and the same settings give the same designs.
        assert!(run(0.4).iter().filter(|p| p.0 <= 0.4).count() > 40);
        assert_eq!(whole, run(1.0));
    }
}
