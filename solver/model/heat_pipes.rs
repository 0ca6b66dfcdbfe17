//! Heat pipes and loop heat pipes of a radiator as meant.

use super::resolve::Resolver;
use crate::case::heat_pipes::{HeatPipes as Axial, LoopHeatPipes};
use crate::case::schema;

/// What limits the heat of one pipe.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Capability {
    /// Heat times effective length, half of evaporator and condenser, W m: grooves along the pipe.
    HeatTimesLength(f64),
    /// Heat, W: a wick in the evaporator that pumps through lines of its own.
    Heat(f64),
}

impl Capability {
    /// Number and unit.
    pub fn number(self) -> (f64, &'static str) {
        match self {
            Self::HeatTimesLength(x) => (x, "W m"),
            Self::Heat(x) => (x, "W"),
        }
    }
}

/// Pipes of one temperature between manifold and sheet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeatPipes {
    /// Coolant to vapour, one pipe, W/K.
    pub evaporator_w_per_k: f64,
    /// Vapour to the inside of the wall, W/(m K).
    pub condenser_w_m_k: f64,
    /// Tubes of the panel that one pipe feeds.
    pub legs: usize,
    /// Part of a tube, from its root on, that vapour fills; liquid fills the rest.
    pub vapour: f64,
    /// Length of a tube in the manifold, m.
    pub evaporator_m: f64,
    /// What a tube holds beside its wall, kg/m.
    pub held_kg_per_m: f64,
    /// One pipe beside its tubes, kg.
    pub unit_kg: f64,
    /// Limit of one pipe.
    pub capability: Capability,
    /// Part of the pipes that may be lost.
    pub spare: f64,
}

impl HeatPipes {
    /// Of pipes with grooves.
    pub fn axial(h: &Axial) -> Self {
        Self {
            evaporator_w_per_k: h.evaporator_w_per_k.get(),
            condenser_w_m_k: h.condenser_w_m_k.get(),
            legs: 1,
            vapour: 1.0,
            evaporator_m: h.evaporator_m.get(),
            held_kg_per_m: h.wick_kg_per_m.get(),
            unit_kg: 0.0,
            capability: Capability::HeatTimesLength(h.transport_w_m.get()),
            spare: h.spare.get(),
        }
    }

    /// Of loop heat pipes.
    pub fn loops(h: &LoopHeatPipes) -> Self {
        Self {
            evaporator_w_per_k: h.evaporator_w_per_k.get(),
            condenser_w_m_k: h.condenser_w_m_k.get(),
            legs: h.legs.get(),
            vapour: 1.0 - h.subcooler.get(),
            evaporator_m: 0.0,
            held_kg_per_m: h.fluid_kg_per_m.get(),
            unit_kg: h.unit_kg.get(),
            capability: Capability::Heat(h.capability_w.get()),
            spare: h.spare.get(),
        }
    }

    /// Tubes of one pipe as a number.
    pub fn legs(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "few tubes")]
        let legs = self.legs as f64;
        legs
    }

    /// Evaporator's share of the resistance of one metre that vapour fills, of tubes `length_m` long, m K/W.
    pub fn evaporator_m_k_per_w(&self, length_m: f64) -> f64 {
        self.legs() * self.vapour * length_m / self.evaporator_w_per_k
    }

    /// What a pipe carries whose tubes of `length_m` give off `heat_w_m` where vapour fills them: in the unit of its capability.
    pub fn carries(&self, heat_w_m: f64, length_m: f64) -> f64 {
        let heat_w = heat_w_m * self.vapour * length_m * self.legs();
        match self.capability {
            Capability::HeatTimesLength(_) => heat_w * 0.5 * (self.evaporator_m + length_m),
            Capability::Heat(_) => heat_w,
        }
    }
}

impl Resolver<'_> {
    /// Heat pipes of either kind.
    pub(super) fn heat_pipes(&mut self, r: &schema::Radiator) -> Option<HeatPipes> {
        let (key, pipes) = match (&r.heat_pipes, &r.loop_heat_pipes) {
            (None, None) => return None,
            (Some(h), None) => ("heat_pipes", HeatPipes::axial(h)),
            (None, Some(h)) => ("loop_heat_pipes", HeatPipes::loops(h)),
            (Some(_), Some(_)) => {
                let help = "keep [radiator.heat_pipes] or [radiator.loop_heat_pipes]";
                self.error("radiator.loop_heat_pipes", "a radiator has heat pipes of one kind", help);
                return None;
            }
        };
        for (what, part) in [("spare", pipes.spare), ("subcooler", 1.0 - pipes.vapour)] {
            if part > 0.9 {
                let message = if what == "spare" { "hardly a pipe would be left" } else { "hardly any vapour would be left" };
                self.error(&format!("radiator.{key}.{what}"), message, "at most 0.9");
            }
        }
        Some(pipes)
    }
}
