//! Where the spacecraft is at any time: elements, or a table of states.

use super::orbit::{Elements, Rates};
use nalgebra::Vector3;

/// A path in the flight's inertial frame.
#[derive(Clone, Debug)]
pub enum Trajectory {
    /// At rest, far from any body.
    Rest,
    /// Elements at time 0, and how they drift.
    Kepler {
        /// Elements at time 0.
        elements: Elements,
        /// Their drift.
        rates: Rates,
        /// Gravitational parameter, m³/s².
        mu_m3_s2: f64,
    },
    /// States with polynomials between them.
    Table(Table),
}

impl Trajectory {
    /// Position (m) and velocity (m/s) at a time.
    pub fn state(&self, time_s: f64) -> (Vector3<f64>, Vector3<f64>) {
        match self {
            Self::Rest => (Vector3::zeros(), Vector3::zeros()),
            Self::Kepler { elements, rates, mu_m3_s2 } => elements.after(rates, time_s).state(*mu_m3_s2),
            Self::Table(table) => table.state(time_s),
        }
    }
}

/// States by time. Between two of them the polynomial through the nearest four (eight where there are no velocities) runs, with
/// their velocities where known: degree 7.
///
/// Truth: `orbits::a_table_follows_its_orbit`.
#[derive(Clone, Debug)]
pub struct Table {
    times_s: Vec<f64>,
    positions_m: Vec<Vector3<f64>>,
    velocities_m_s: Option<Vec<Vector3<f64>>>,
}

/// Beyond any orbit around a planet, m.
const FARTHEST_M: f64 = 1e12;
/// Velocity of light, m/s: exact, by the definition of the metre.
const LIGHT_M_S: f64 = 299_792_458.0;

/// States that make no table.
#[derive(Clone, Debug, thiserror::Error, PartialEq)]
pub enum TableError {
    /// Too few.
    #[error("a trajectory needs at least {least} states, got {got}")]
    TooFew {
        /// Least number.
        least: usize,
        /// Number given.
        got: usize,
    },
    /// A state that no polynomial goes through in numbers.
    #[error("state {state} lies {most_m:.0e} m or more from the origin, or moves faster than light")]
    TooFar {
        /// Number of the state, from 1.
        state: usize,
        /// Where the limit is, m.
        most_m: f64,
    },
    /// Out of order.
    #[error("times must increase, state {state} does not come after the one before it")]
    NotInOrder {
        /// Number of the state, from 1.
        state: usize,
    },
}

impl Table {
    /// From states in order of time.
    pub fn new(
        times_s: Vec<f64>,
        positions_m: Vec<Vector3<f64>>,
        velocities_m_s: Option<Vec<Vector3<f64>>>,
    ) -> Result<Self, TableError> {
        let least = if velocities_m_s.is_some() { 2 } else { 4 };
        if times_s.len() < least {
            return Err(TableError::TooFew { least, got: times_s.len() });
        }
        if let Some(k) = times_s.windows(2).position(|t| t[1].partial_cmp(&t[0]) != Some(std::cmp::Ordering::Greater)) {
            return Err(TableError::NotInOrder { state: k + 2 });
        }
        let near = |k: usize| {
            let slow = velocities_m_s.as_ref().is_none_or(|v| v[k].norm() < LIGHT_M_S);
            positions_m[k].norm() < FARTHEST_M && slow
        };
        if let Some(k) = (0..times_s.len()).find(|&k| !near(k)) {
            return Err(TableError::TooFar { state: k + 1, most_m: FARTHEST_M });
        }
        Ok(Self { times_s, positions_m, velocities_m_s })
    }

    /// First and last time, s.
    pub fn range_s(&self) -> (f64, f64) {
        (self.times_s[0], self.times_s[self.times_s.len() - 1])
    }

    /// The positions as given, m.
    pub fn positions_m(&self) -> &[Vector3<f64>] {
        &self.positions_m
    }

    /// Position (m) and velocity (m/s): Newton's divided differences, each node twice where its velocity is known.
    pub fn state(&self, time_s: f64) -> (Vector3<f64>, Vector3<f64>) {
        let n = self.times_s.len();
        let width = if self.velocities_m_s.is_some() { 4 } else { 8 }.min(n);
        let after = self.times_s.partition_point(|t| *t <= time_s).clamp(1, n - 1);
        let first = after.saturating_sub(width / 2).min(n - width);
        let (mut nodes, mut column) = ([0.0; 8], [Vector3::zeros(); 8]);
        let mut count = 0;
        for k in first..first + width {
            for _ in 0..if self.velocities_m_s.is_some() { 2 } else { 1 } {
                (nodes[count], column[count]) = (self.times_s[k], self.positions_m[k]);
                count += 1;
            }
        }
        for order in 1..count {
            for k in (order..count).rev() {
                let step = nodes[k] - nodes[k - order];
                column[k] = match &self.velocities_m_s {
                    Some(v) if step == 0.0 => v[first + k / 2],
                    _ => (column[k] - column[k - 1]) / step,
                };
            }
        }
        let (mut p, mut v) = (column[count - 1], Vector3::zeros());
        for k in (0..count - 1).rev() {
            v = p + v * (time_s - nodes[k]);
            p = column[k] + p * (time_s - nodes[k]);
        }
        (p, v)
    }
}
