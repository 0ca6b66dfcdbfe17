//! Heaters: thermostats with hysteresis and sampled PID controllers.

/// How a heater is switched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Law {
    /// On below one temperature, off above a higher one.
    Thermostat {
        /// K.
        on_below_k: f64,
        /// K.
        off_above_k: f64,
    },
    /// `P = K_p e + K_i ∫e dt + K_d de/dt`, `e = set − T`, held between samples and kept in 0..=power; the integral stands
    /// still while the power is at a limit.
    Pid {
        /// Set point, K.
        set_k: f64,
        /// W/K.
        proportional: f64,
        /// W/(K s).
        integral: f64,
        /// W s/K.
        derivative: f64,
        /// Time between samples, s.
        sample_s: f64,
    },
}

/// A heater.
#[derive(Clone, Debug)]
pub struct Heater {
    /// Name in tables.
    pub name: String,
    /// Nodes that it heats, and their shares of its power.
    pub nodes: Vec<(usize, f64)>,
    /// Nodes whose weighted mean it watches; weights sum to 1.
    pub sensor: Vec<(usize, f64)>,
    /// Power when on, or at most, W.
    pub power_w: f64,
    /// How it is switched.
    pub law: Law,
}

impl Heater {
    /// The temperature it watches, K.
    pub fn sensed_k(&self, node_k: &[f64]) -> f64 {
        self.sensor.iter().map(|(i, w)| w * node_k[*i]).sum()
    }
}

/// What a heater does now.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct HeaterState {
    /// Power, W.
    pub power_w: f64,
    /// `∫e dt` of a PID controller, K s.
    pub integral_k_s: f64,
    /// Its error at the last sample, K.
    pub last_error_k: f64,
    /// Time of its next sample, s.
    pub next_sample_s: f64,
    /// Energy used since the start, J.
    pub used_j: f64,
    /// Times it was switched on.
    pub switched_on: f64,
}

impl HeaterState {
    /// At the start of a run.
    pub fn start(heater: &Heater, node_k: &[f64], time_s: f64) -> Self {
        let mut state = Self { next_sample_s: f64::INFINITY, ..Self::default() };
        match heater.law {
            Law::Thermostat { on_below_k, .. } => {
                if heater.sensed_k(node_k) < on_below_k {
                    state.power_w = heater.power_w;
                }
            }
            Law::Pid { set_k, .. } => {
                state.last_error_k = set_k - heater.sensed_k(node_k);
                state.next_sample_s = time_s;
                state.sample(heater, node_k, time_s);
            }
        }
        state
    }

    /// The temperature at which the thermostat switches next, K, and whether from above; `None` for other laws.
    pub fn threshold(&self, heater: &Heater) -> Option<(f64, bool)> {
        match heater.law {
            Law::Thermostat { on_below_k, off_above_k } => {
                Some(if self.power_w > 0.0 { (off_above_k, false) } else { (on_below_k, true) })
            }
            Law::Pid { .. } => None,
        }
    }

    /// Switches a thermostat.
    pub fn switch(&mut self, heater: &Heater) {
        self.power_w = if self.power_w > 0.0 { 0.0 } else { heater.power_w };
        self.switched_on += f64::from(u8::from(self.power_w > 0.0));
    }

    /// Takes a sample if it is time to.
    pub fn sample(&mut self, heater: &Heater, node_k: &[f64], time_s: f64) {
        let Law::Pid { set_k, proportional, integral, derivative, sample_s } = heater.law else { return };
        if time_s < self.next_sample_s {
            return;
        }
        let error_k = set_k - heater.sensed_k(node_k);
        let integral_k_s = self.integral_k_s + error_k * sample_s;
        let wanted = proportional * error_k + integral * integral_k_s + derivative * (error_k - self.last_error_k) / sample_s;
        self.power_w = wanted.clamp(0.0, heater.power_w);
        if wanted == self.power_w {
            self.integral_k_s = integral_k_s;
        }
        self.last_error_k = error_k;
        self.next_sample_s += sample_s;
    }
}
