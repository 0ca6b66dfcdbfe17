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
/// Nominal solar radius, m. IAU 2015 Resolution B3.
pub const SUN_RADIUS_M: f64 = 695.7e6;
/// Astronomical unit, m. IAU 2012 Resolution B2, exact.
pub const ASTRONOMICAL_UNIT_M: f64 = 149_597_870_700.0;
/// Moon mean radius, m. IAU WGCCRE 2015.
pub const MOON_RADIUS_M: f64 = 1_737_400.0;
/// Moon gravitational parameter, m³/s². JPL DE440.
pub const MOON_MU_M3_S2: f64 = 4.902_800_118e12;
/// Moon second zonal harmonic J2. GRAIL (Konopliv 2013), normalised to 1738 km.
pub const MOON_J2: f64 = 2.032_3e-4;
/// Mars equatorial radius, m. IAU WGCCRE 2015.
pub const MARS_RADIUS_M: f64 = 3_396_190.0;
/// Mars gravitational parameter, m³/s². JPL DE440.
pub const MARS_MU_M3_S2: f64 = 4.282_837_581_6e13;
/// Mars second zonal harmonic J2. JPL planetary fact tables (MRO models).
pub const MARS_J2: f64 = 1.960_45e-3;
/// Mars tropical year, s: 686.9725 d. Allison and McEwen 2000.
pub const MARS_YEAR_S: f64 = 686.972_5 * 86_400.0;
/// Turn of the Earth against the stars, s. IERS conventions.
pub const SIDEREAL_DAY_S: f64 = 86_164.098_9;
/// Julian year, s. IAU, exact.
pub const JULIAN_YEAR_S: f64 = 365.25 * 86_400.0;
/// Height of the air that stops meteoroids, m. ECSS-E-ST-10-04C annex C.
pub const AIR_TOP_M: f64 = 100e3;

/// Eight-point Gauss-Legendre rule on 0..1: nodes and weights.
pub const GAUSS: [(f64, f64); 8] = [
    (0.019_855_071_751_231_856, 0.050_614_268_145_188_13),
    (0.101_666_761_293_186_64, 0.111_190_517_226_687_24),
    (0.237_233_795_041_835_5, 0.156_853_322_938_943_64),
    (0.408_282_678_752_175_1, 0.181_341_891_689_181),
    (0.591_717_321_247_825, 0.181_341_891_689_181),
    (0.762_766_204_958_164_5, 0.156_853_322_938_943_64),
    (0.898_333_238_706_813_4, 0.111_190_517_226_687_24),
    (0.980_144_928_248_768_1, 0.050_614_268_145_188_13),
];
