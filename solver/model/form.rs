//! Shapes and patterns of parts, and the effective conductivity of honeycomb.

use nalgebra::Vector3;
use std::f64::consts::{FRAC_PI_2, PI};

/// A shape in its own axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    /// Rectangle in x and y with its corner at the origin; the front looks along +z.
    Panel {
        /// Edges, m.
        size_m: [f64; 2],
    },
    /// Box with its corner at the origin: six shells whose fronts look outwards.
    Box {
        /// Edges, m.
        size_m: [f64; 3],
    },
    /// Block with its corner at the origin, of hexahedra; its sides are named `x_low`, `x_high`, `y_low` and so on.
    Block {
        /// Edges, m.
        size_m: [f64; 3],
    },
    /// Ring or disc in the plane z = 0; the front looks along +z.
    Disc {
        /// Inner radius, m; 0 for a disc.
        inner_m: f64,
        /// Outer radius, m.
        outer_m: f64,
    },
    /// Open cone, or cylinder, along z from z = 0; the front looks outwards.
    Cone {
        /// Radius at z = 0, m.
        base_m: f64,
        /// Radius at the end, m.
        end_m: f64,
        /// Length, m.
        length_m: f64,
    },
    /// Sphere about the origin; the front looks outwards.
    Sphere {
        /// Radius, m.
        radius_m: f64,
    },
    /// Paraboloid `z = r²/(4 f)` from the origin; the front looks into it, along +z.
    Paraboloid {
        /// Radius at the rim, m.
        radius_m: f64,
        /// Focal length, m.
        focal_m: f64,
    },
}

/// What of a shape about z there is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cut {
    /// From one angle to another, from x towards y, rad.
    pub sector_rad: [f64; 2],
    /// Spheres: from one latitude to another, rad.
    pub latitude_rad: [f64; 2],
}

impl Cut {
    /// All of it.
    pub const WHOLE: Self = Self { sector_rad: [0.0, 2.0 * PI], latitude_rad: [-FRAC_PI_2, FRAC_PI_2] };
}

impl Form {
    /// Whether it is a shape about z.
    pub fn is_round(&self) -> bool {
        !matches!(self, Self::Panel { .. } | Self::Box { .. } | Self::Block { .. })
    }

    /// Area of what there is of it: of shapes about z the sector's part; of spheres `R² (φ₂ − φ₁) (sin λ₂ − sin λ₁)`.
    pub fn cut_area_m2(&self, cut: &Cut) -> f64 {
        let turn = (cut.sector_rad[1] - cut.sector_rad[0]) / (2.0 * PI);
        let high = 0.5 * (cut.latitude_rad[1].sin() - cut.latitude_rad[0].sin());
        match self {
            Self::Sphere { .. } => self.area_m2() * turn * high,
            round if round.is_round() => self.area_m2() * turn,
            _ => self.area_m2(),
        }
    }

    /// Area of the shells of the exact shape, one side, m²; of a block its outside.
    pub fn area_m2(&self) -> f64 {
        match *self {
            Self::Panel { size_m: [a, b] } => a * b,
            Self::Box { size_m: [a, b, c] } | Self::Block { size_m: [a, b, c] } => 2.0 * (a * b + b * c + c * a),
            Self::Disc { inner_m, outer_m } => PI * (outer_m * outer_m - inner_m * inner_m),
            Self::Cone { base_m, end_m, length_m } => PI * (base_m + end_m) * (end_m - base_m).hypot(length_m),
            Self::Sphere { radius_m } => 4.0 * PI * radius_m * radius_m,
            Self::Paraboloid { radius_m, focal_m } => {
                let square = 4.0 * focal_m * focal_m;
                PI / (3.0 * focal_m) * ((square + radius_m * radius_m).powf(1.5) - square.powf(1.5))
            }
        }
    }
}

/// Where the copies of a part stand, the part itself first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pattern {
    /// Evenly along a line.
    Linear {
        /// Copies, the first included.
        count: usize,
        /// From one to the next, m.
        step_m: Vector3<f64>,
    },
    /// About an axis through the parent's origin.
    Circular {
        /// Copies, the first included.
        count: usize,
        /// Axis.
        axis: Vector3<f64>,
        /// From one to the next, rad.
        step_rad: f64,
    },
}

/// Effective conductivity of a hexagonal aluminium core by its cell size S, foil thickness d and foil conductivity k_f along
/// (ribbon L, across the ribbon W, through the thickness T): `k_L = 3 d k_f/(2 S)`, `k_W = d k_f/S`, `k_T = 8 d k_f/(3 S)`,
/// W/(m K). Radiation in the cells is left out. Source: Gilmore, Spacecraft Thermal Control Handbook (L, W);
/// thermocraft.space/articles/honeycomb-conductivity (T).
pub fn honeycomb_w_mk(cell_m: f64, foil_m: f64, foil_w_mk: f64) -> [f64; 3] {
    let k = foil_m * foil_w_mk / cell_m;
    [1.5 * k, k, 8.0 / 3.0 * k]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_as_the_table_has_it() {
        // reference: aluminium 3/16 inch, 0.0007 inch foil: T 1.38, L 0.77, W 0.52 W/(m K); k_f is that of 5052, 138.
        let [l, w, t] = honeycomb_w_mk(4.7625e-3, 17.78e-6, 138.0);
        assert!((l - 0.77).abs() < 0.01 && (w - 0.52).abs() < 0.01 && (t - 1.38).abs() < 0.01, "{l} {w} {t}");
    }
}
