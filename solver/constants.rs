//! Every physical constant, once, with its unit and source.

/// Stefan-Boltzmann constant, W/(m² K⁴). CODATA 2018, exact: 2π⁵k⁴/(15h³c²).
pub const STEFAN_BOLTZMANN: f64 = 5.670_374_419_184_429e-8;
/// Total solar irradiance at one astronomical unit, W/m². IAU 2015 Resolution B3 (nominal).
pub const SOLAR_CONSTANT_W_M2: f64 = 1361.0;
/// Earth equatorial radius, m. WGS 84.
pub const EARTH_RADIUS_M: f64 = 6_378_137.0;
/// Earth gravitational parameter, m³/s². WGS 84.
pub const EARTH_MU_M3_S2: f64 = 3.986_004_418e14;
/// Earth second zonal harmonic J2. EGM96.
pub const EARTH_J2: f64 = 1.082_626_68e-3;
/// Tropical year, s: 365.2421897 d. Astronomical Almanac.
pub const TROPICAL_YEAR_S: f64 = 365.242_189_7 * 86_400.0;
/// Temperature of deep space, K. Fixsen 2009 (cosmic microwave background).
pub const SPACE_K: f64 = 2.725;
/// 0 °C in kelvin. SI definition of the degree Celsius.
pub const CELSIUS_ZERO_K: f64 = 273.15;
