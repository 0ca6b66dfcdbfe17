//! A design: the numbers that sizing chooses and the field model proves.

use super::Model;
use crate::case::schema::Life;

/// Geometry of the radiator and array, and the operating point of the coolant.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Design {
    /// Tube pitch, m.
    pub pitch_m: f64,
    /// Both face sheets together at the tube, m.
    pub sheet_m: f64,
    /// Tube inner diameter, m.
    pub bore_m: f64,
    /// Tube wall, m.
    pub wall_m: f64,
    /// Tube length, m.
    pub length_m: f64,
    /// Tubes of one loop.
    pub tubes_per_loop: usize,
    /// Radiator inlet (racks' return), K.
    pub inlet_k: f64,
    /// Radiator outlet (racks' supply), K.
    pub outlet_k: f64,
    /// Heat to reject: racks, overhead and pump, W.
    pub heat_w: f64,
    /// Electric power of the pumps, W.
    pub pump_w: f64,
    /// Electric power the array's wings must deliver, W.
    pub array_power_w: f64,
    /// Electric power that cells on the radiator deliver, W.
    pub cells_power_w: f64,
    /// Length of one array wing, m.
    pub array_length_m: f64,
}

impl Design {
    /// Tube outer diameter, m: the width of sheet at tube temperature.
    pub fn outer_m(&self) -> f64 {
        self.bore_m + 2.0 * self.wall_m
    }
    /// Span of one fin, m.
    pub fn fin_m(&self) -> f64 {
        0.5 * (self.pitch_m - self.outer_m())
    }
    /// All tubes.
    pub fn tubes(&self, model: &Model) -> usize {
        self.tubes_per_loop * model.radiator.loops
    }
    /// Tubes that carry the load: all at the beginning of life, without the spare loops at the end.
    pub fn active_tubes(&self, model: &Model) -> usize {
        if model.radiator.heat_pipes.is_none() {
            return self.tubes_per_loop * model.active_loops();
        }
        (0..self.tubes(model)).filter(|tube| !self.is_lost(model, *tube)).count()
    }
    /// Whether a tube, counted through the rows, belongs to a lost loop or a lost heat pipe: those are spread evenly.
    pub fn is_lost(&self, model: &Model, tube: usize) -> bool {
        let legs = model.radiator.heat_pipes.map_or(1, |h| h.legs);
        let (pipe, pipes) = (tube / legs, self.tubes(model) / legs);
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a part of the pipes"
        )]
        let lost = (model.spare_pipes() * pipes as f64) as usize;
        model.loop_is_lost(tube / self.tubes_per_loop) || (pipe + 1) * lost / pipes > pipe * lost / pipes
    }
    /// Area of all wings, one side, m².
    pub fn planform_m2(&self, model: &Model) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "tube counts are below 2^53")]
        let tubes = self.tubes(model) as f64;
        tubes * self.pitch_m * self.length_m
    }
    /// Area of all array wings, m².
    pub fn array_m2(&self, model: &Model) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "one or two wings")]
        let wings = model.array.wings as f64;
        wings * model.array.width_m * self.array_length_m
    }
    /// Mass flow × specific heat of one active tube, or with heat pipes of the manifold of one active loop, W/K.
    pub fn capacity_rate_w_per_k(&self, model: &Model) -> f64 {
        let pipes = model.radiator.heat_pipes.is_some();
        #[expect(clippy::cast_precision_loss, reason = "tube counts are below 2^53")]
        let channels = if pipes { model.active_loops() } else { self.active_tubes(model) } as f64;
        self.heat_w / (channels * (self.inlet_k - self.outlet_k))
    }
    /// Electric power of array and radiator, W.
    pub fn power_w(&self) -> f64 {
        self.array_power_w + self.cells_power_w
    }
    /// Mean coolant temperature, K.
    pub fn mean_k(&self) -> f64 {
        0.5 * (self.inlet_k + self.outlet_k)
    }
}

impl Model {
    /// Heat that goes to the radiator beside that of its pump, W: racks, overhead, and a heat pump's electricity `Q/COP`.
    ///
    /// Truth: `sizing::a_heat_pump_lifts`.
    pub fn base_heat_w(&self) -> f64 {
        self.load.heat_w() + self.heat_pump.map_or(0.0, |h| h.power_w)
    }

    /// The hottest junction, K, with coolant into the radiator at `return_k` and this share of the chips' power:
    /// `T_return − lift + interface drop + share · P_chip R_junction`.
    pub fn junction_k(&self, return_k: f64, share: f64) -> f64 {
        let return_k = return_k - self.heat_pump.map_or(0.0, |h| h.lift_k);
        return_k + self.interface_approach_k + self.chip_power_w * self.junction_to_coolant_k_per_w * share
    }

    /// Loops that carry the load.
    pub fn active_loops(&self) -> usize {
        match self.life {
            Life::Beginning => self.radiator.loops,
            Life::End => self.radiator.loops - self.radiator.spare_loops,
        }
    }

    /// Part of the heat pipes that are lost.
    pub fn spare_pipes(&self) -> f64 {
        self.radiator.heat_pipes.filter(|_| self.life == Life::End).map_or(0.0, |h| h.spare)
    }

    /// Whether a loop is lost: the lost ones are spread evenly.
    pub fn loop_is_lost(&self, index: usize) -> bool {
        let lost = self.radiator.loops - self.active_loops();
        (index + 1) * lost / self.radiator.loops > index * lost / self.radiator.loops
    }
}
