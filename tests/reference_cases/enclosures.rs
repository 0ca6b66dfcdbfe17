//! Grey diffuse exchange against Gebhart, Oppenheim and integral equations.
use crate::support::verified;

/// Gebhart factors, net heat, adiabatic surfaces: B03.
#[test]
fn gebhart_factors() {
    verified("B03", 5);
}

#[test]
fn two_squares_in_space() {
    verified("B05", 3);
}

/// Floating shields and MLI as a network that the solver closes: B01, B07.
#[test]
fn shields() {
    verified("B01,B07", 8);
}

/// Concentric bodies and cavities, traced: B02, B04.
#[test]
fn concentric_bodies_and_cavities() {
    verified("B02,B04", 21);
}
