//! Decks of SINDA/FLUINT and SINDA-85, thermal networks only.
//!
//! | deck | here |
//! |---|---|
//! | `HEADER CONTROL DATA`: `UID = SI`, `ABSZRO`, `SIGMA`, `TIMEND`, `OUTPUT` | T − ABSZRO is in K (−273.15 where only `UID = SI` is given); a radiative conductor carries `SIGMA G (T_a⁴ − T_b⁴)`, SIGMA 1 where it is not given: then G holds σ; the run in time, if `OPERATIONS` calls for one |
//! | `HEADER NODE DATA, SUB`: `n, T, C` | diffusion; C < 0 arithmetic; n < 0 boundary; `GEN n, count, step, T, C`; `SIV n, T, A, F`: C = F A(T), melting if A is a triangle on a constant |
//! | `HEADER CONDUCTOR DATA, SUB`: `g, a, b, G` | linear; g < 0 radiative; a node with a minus is upstream and feels nothing; several pairs in a line; `GEN g, count, step, a, step, b, step, G`; `SIV g, a, b, A, F`: G = F A(½(T_a + T_b)); `FAC f` multiplies what follows |
//! | `HEADER SOURCE DATA, SUB`: `n, Q` | heat; `GEN n, count, step, Q`; `SIT` or `TVS n, A, F`: Q = F A(t) |
//! | `HEADER ARRAY DATA, SUB`: `n = x, y, …`; or `n, x, y, …, END` | tables, straight between points and constant beyond |
//! | `HEADER REGISTER DATA`, `USER DATA`: `name = expression` | named numbers |
//! | `HEADER VARIABLES 0` or `1` | `Qn = Qn + expression`, `Qn = expression` and `CALL D1DEG1(TIMEM, An, Xn)` with X one of T, Q, C, G, in blocks without decisions; everything else is refused |
//! | `HEADER OPERATIONS` | `BUILD`, `CALL STEADY` or `STDSTL`, `CALL TRANSIENT`, `FORWRD` or `FWDBCK` |
//!
//! Public decks of Thermal Desktop 6.2 (127 and 659 nodes) showed nodes, conductors, radks, control, units, registers, arrays, heat in
//! VARIABLES 0, OPERATIONS and INSERT. GEN, SIV, FAC, TVS, SIT, D1DEG1 and the minus of one-way conductors are as the manuals are
//! remembered: no public deck at hand uses them.

mod given;
mod logic;
mod read;
mod write;

pub use read::read;
pub use write::write;
