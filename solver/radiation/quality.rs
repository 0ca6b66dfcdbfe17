//! How good view factors are.

/// What the rays gave before repair, and what the repair changed.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub struct Quality {
    /// Fewest and most rays of a surface.
    pub rays_per_surface: (u32, u32),
    /// Rays of all surfaces.
    pub rays: u64,
    /// Largest standard error of a surface's heat exchange, W; see [`RayBudget`](super::view_factor::RayBudget).
    pub flux_error_w: f64,
    /// Surfaces whose error is above the target at the most rays allowed.
    pub surfaces_above_target: usize,
    /// Largest standard error of a fraction to space, from the scatter of the replicates.
    pub space_standard_error: f64,
    /// Largest difference of `A_i F_ij` and `A_j F_ji` over the smaller area, before repair.
    pub reciprocity_before: f64,
    /// Largest change of a factor F by the closure.
    pub closure_change: f64,
    /// Largest |row sum − 1| after repair.
    pub row_sum_error: f64,
    /// Largest difference of `A_i F_ij` and `A_j F_ji` over the smaller area, after repair.
    pub reciprocity_after: f64,
    /// Largest fraction of a surface's rays that met a side which does not radiate; counted as its own row's loss to space.
    pub leak: f64,
    /// Largest fraction of a surface's rays that were given up between mirrors; counted as its own row's loss to space.
    pub given_up: f64,
}

impl Quality {
    /// The worse of two, number by number; rays are added.
    #[must_use]
    pub fn worse(&self, other: &Self) -> Self {
        let ((low, high), (other_low, other_high)) = (self.rays_per_surface, other.rays_per_surface);
        Self {
            rays_per_surface: (low.min(other_low), high.max(other_high)),
            rays: self.rays + other.rays,
            flux_error_w: self.flux_error_w.max(other.flux_error_w),
            surfaces_above_target: self.surfaces_above_target.max(other.surfaces_above_target),
            space_standard_error: self.space_standard_error.max(other.space_standard_error),
            reciprocity_before: self.reciprocity_before.max(other.reciprocity_before),
            closure_change: self.closure_change.max(other.closure_change),
            row_sum_error: self.row_sum_error.max(other.row_sum_error),
            reciprocity_after: self.reciprocity_after.max(other.reciprocity_after),
            leak: self.leak.max(other.leak),
            given_up: self.given_up.max(other.given_up),
        }
    }
}
