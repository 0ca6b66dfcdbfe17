// A quarter of a plate of length 1 with a chip in its middle, cooled below (C08-r): hexahedra.
// chip_1.msh: -setnumber a 0.285 -setnumber b 0.285 -setnumber w 1; chip_2.msh: 0.25, 0.375, 1.5.
DefineConstant[ a = 0.285, b = 0.285, w = 1 ];
xs[] = {0, a / 2, 0.5};
ys[] = {0, b / 2, w / 2};
For j In {0 : 2}
  For i In {0 : 2}
    Point(1 + i + 3 * j) = {xs[i], ys[j], 0};
  EndFor
EndFor
For j In {0 : 2}
  For i In {0 : 1}
    Line(1 + i + 2 * j) = {1 + i + 3 * j, 2 + i + 3 * j};
  EndFor
EndFor
For j In {0 : 1}
  For i In {0 : 2}
    Line(11 + i + 3 * j) = {1 + i + 3 * j, 4 + i + 3 * j};
  EndFor
EndFor
Transfinite Curve {1, 3, 5} = 17;
Transfinite Curve {2, 4, 6} = 15 Using Progression 1.12;
Transfinite Curve {11, 12, 13} = 17;
Transfinite Curve {14, 15, 16} = 15 Using Progression 1.12;
volumes[] = {};
below[] = {};
For j In {0 : 1}
  For i In {0 : 1}
    s = 1 + i + 2 * j;
    Curve Loop(s) = {1 + i + 2 * j, 12 + i + 3 * j, -(3 + i + 2 * j), -(11 + i + 3 * j)};
    Plane Surface(s) = {s};
    Transfinite Surface {s};
    Recombine Surface {s};
    below[] += {s};
  EndFor
EndFor
For s In {1 : 4}
  e[] = Extrude {0, 0, 0.05} { Surface{s}; Layers{6}; Recombine; };
  volumes[] += {e[1]};
  If (s == 1)
    Physical Surface("source") = {e[0]};
  EndIf
EndFor
Physical Volume("plate") = {volumes[]};
Physical Surface("cooled") = {below[]};
Mesh.MshFileVersion = 2.2;
Mesh.Binary = 1;
