//! Decks of ESATAN and ESATAN-TMS, thermal networks only.
//!
//! | deck | here |
//! |---|---|
//! | `$MODEL NAME` … `$ENDMODEL`, one in another | submodels; `SUB:12` is node 12 of submodel SUB; the first model's own name goes with its own nodes |
//! | `$LOCALS`, `$CONSTANTS` with `$REAL`, `$INTEGER`: `NAME = expression;` | named numbers, known in the models within too |
//! | `$CONTROL`: `STEFAN`, `TABS` | GR carries `STEFAN GR (T_a⁴ − T_b⁴)`, 5.6686e-8 where STEFAN is not given; T + TABS is in K, 273.15 |
//! | `$NODES`: `D12 = 'label', T = …, C = …, QI = …;` | diffusion, arithmetic without C or with C = 0; B boundary; X inactive, left out with its conductors; QI, QS, QA, QE, QR are added up |
//! | `$CONDUCTORS`: `GL(1,SUB:2) = …;` `GR`, `GF` | linear; radiative; fluid from the first to the second, which alone feels it |
//! | `$ARRAYS`: `NAME(2,n) = x, y, …;` | tables for `INTRP1(TIMEM or temperature, NAME, 1)`, and `INTCYC(TIMEM, NAME, 1, period, 0)` |
//! | `$INITIAL`, `$VARIABLES1` | assignments to `T12`, `C12`, `QI12` (or `QI:SUB:12`) and `GL(1,2)` in blocks without decisions; everything else is refused |
//! | `$EXECUTION` | calls of solvers, `TIMEND`, `OUTINT` |
//!
//! A table by temperature is asked at the node's own temperature, or at `(T1 + T2) / 2` of a conductor's ends.
//!
//! Public templates and listings of ESATAN-TMS showed the blocks, GL with expressions of named constants, and the default of STEFAN.
//! The direction of GF, the arguments of INTRP1 and INTCYC and the names of solvers are as the manual is remembered.

mod logic;
mod read;
mod write;

pub use read::read;
pub use write::write;
