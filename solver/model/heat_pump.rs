//! `[heat_pump]` as meant.

use super::Load;
use super::resolve::Resolver;
use crate::case::schema::Case;

/// A heat pump between the racks' coolant and the radiator's.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct HeatPump {
    /// The radiator's coolant above the racks', K.
    pub lift_k: f64,
    /// Heat lifted over electric power.
    pub cop: f64,
    /// Electric power, W.
    pub power_w: f64,
    /// Mass, kg.
    pub kg: f64,
}

impl Resolver<'_> {
    /// The heat pump, if the case has one: `COP = f T/(lift + approach)` with T the mean of the racks' coolant, power `Q/COP` for the heat
    /// of racks and overhead.
    ///
    /// Truth: `sizing::a_heat_pump_lifts`.
    pub(super) fn heat_pump(&mut self, case: &Case, load: Option<&Load>) -> Option<HeatPump> {
        let h = case.heat_pump.as_ref()?;
        let raised_k = h.lift_k.si() + h.approach_k.si();
        if h.lift_k.si() <= 0.0 {
            self.error("heat_pump.lift_k", "a lift of 0 is no heat pump", "give a lift, or remove [heat_pump]");
        }
        if case.radiator.planform_m2.is_some() {
            let help = "size the radiator instead: remove `radiator.planform_m2`";
            self.error("heat_pump", "the coolant of a given planform is found, and with it the pump's work would change", help);
        }
        if case.transient.is_some() {
            let help = "remove [heat_pump] or [transient]";
            self.error("heat_pump", "in time the coolant of racks and radiator is one loop", help);
        }
        let mean_k = 0.5 * (case.coolant.supply_c.si() + case.coolant.return_c.si());
        let cop = h.of_carnot.get() * mean_k / raised_k;
        let power_w = load?.heat_w() / cop;
        Some(HeatPump { lift_k: h.lift_k.si(), cop, power_w, kg: h.kg_per_kw.si() * power_w })
    }
}
