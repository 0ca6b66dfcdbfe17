$MODEL MAIN # thermsolve name = Electronics box on a pumped loop
# Written by thermsolve: W, J/K, m2, deg C.
  $CONSTANTS
  $CONTROL
    STEFAN = 5.670374419184429E-8;
    TABS = 273.15;
  $NODES
    D1 = 'chip', T = 20.0, C = 0.0, QI = 40.0; # thermsolve name = chip
    D2 = 'cold_plate', T = 20.0, C = 800.0; # thermsolve name = cold_plate
    D3 = 'radiator', T = 20.0, C = 1500.0; # thermsolve name = radiator
    D4 = 'return', T = 20.0, C = 50.0; # thermsolve name = return
    B5 = 'space', T = -270.425; # thermsolve name = space
    D6 = 'supply', T = 20.0, C = 50.0; # thermsolve name = supply
  $CONDUCTORS
    GF(4,6) = 8.4; # thermsolve name = back
    GL(1,2) = 8.0; # thermsolve name = interface
    GL(2,6) = 10.0; # thermsolve name = plate_film
    GL(4,3) = 12.0; # thermsolve name = radiator_film
    GF(6,4) = 8.4; # thermsolve name = there
    GR(3,5) = 0.085; # thermsolve name = to_space
  $EXECUTION
      CALL SOLVIT
      TIMEND = 600.0
      OUTINT = 60.0
      CALL SLCRNC
$ENDMODEL MAIN
