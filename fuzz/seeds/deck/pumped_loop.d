$MODEL MAIN # thermsolve name = Two cold plates, two loops and a battery
# Written by thermsolve: W, J/K, m2, deg C.
  $CONSTANTS
  $CONTROL
    STEFAN = 5.670374419184429E-8;
    TABS = 273.15;
  $NODES
    D1 = 'a_out', T = 20.0, C = 0.0; # thermsolve name = a_out
    D2 = 'b_out', T = 20.0, C = 0.0; # thermsolve name = b_out
    D3 = 'battery', T = 20.0, C = 2000.0, QI = INTRP1(TIMEM, TABLE1, 1); # thermsolve name = battery
    D4 = 'battery_panel', T = 20.0, C = 300.0; # thermsolve name = battery_panel
    D5 = 'join', T = 20.0, C = 0.0; # thermsolve name = join
    D6 = 'outer_middle', T = 20.0, C = 0.0; # thermsolve name = outer_middle
    D7 = 'outer_return', T = 20.0, C = 0.0; # thermsolve name = outer_return
    D8 = 'outer_supply', T = 20.0, C = 800.0; # thermsolve name = outer_supply
    D9 = 'outer_warm', T = 20.0, C = 0.0; # thermsolve name = outer_warm
    D10 = 'panel_1', T = 20.0, C = 4000.0; # thermsolve name = panel_1
    D11 = 'panel_2', T = 20.0, C = 4000.0; # thermsolve name = panel_2
    D12 = 'plate_a', T = 20.0, C = 2500.0, QI = 600.0; # thermsolve name = plate_a
    D13 = 'plate_b', T = 20.0, C = 2500.0, QI = INTRP1(TIMEM, TABLE2, 1); # thermsolve name = plate_b
    D14 = 'return', T = 20.0, C = 0.0; # thermsolve name = return
    B15 = 'space', T = -270.425; # thermsolve name = space
    D16 = 'split', T = 20.0, C = 0.0; # thermsolve name = split
    D17 = 'supply', T = 20.0, C = 500.0; # thermsolve name = supply
  $CONDUCTORS
    GR(4,15) = 0.085; # thermsolve name = battery_panel_to_space
    GL(3,4) = 0.2; # thermsolve name = heat_pipe
    GR(10,15) = 1.0; # thermsolve name = panel_1_to_space
    GR(11,15) = 1.0; # thermsolve name = panel_2_to_space
  $ARRAYS
  $REAL
    TABLE1(2,2) = 3600.0, 15.0,
      3600.0, 0.0;
    TABLE2(2,2) = 3600.0, 250.0,
      3600.0, 500.0;
  $EXECUTION
      CALL SOLVIT
      TIMEND = 18000.0
      OUTINT = 300.0
      CALL SLCRNC
$ENDMODEL MAIN
