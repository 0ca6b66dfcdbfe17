// One of 48 equal pieces of the unit cube, 1/2 < z < y < x, in tetrahedra; its sharp corner is the centre, where the cells are
// small (C04-p2).
SetFactory("OpenCASCADE");
Point(1) = {0.5, 0.5, 0.5, 0.01};
Point(2) = {1, 0.5, 0.5, 0.035};
Point(3) = {1, 1, 0.5, 0.035};
Point(4) = {1, 1, 1, 0.035};
Line(1) = {1, 2};
Line(2) = {2, 3};
Line(3) = {3, 1};
Line(4) = {1, 4};
Line(5) = {2, 4};
Line(6) = {3, 4};
Curve Loop(1) = {1, 2, 3};
Curve Loop(2) = {1, 5, -4};
Curve Loop(3) = {2, 6, -5};
Curve Loop(4) = {3, 4, -6};
For k In {1 : 4}
  Plane Surface(k) = {k};
EndFor
Surface Loop(1) = {1 : 4};
Volume(1) = {1};
Physical Volume("piece") = {1};
Physical Surface("cold") = {3};
Mesh.Optimize = 1;
Mesh.OptimizeNetgen = 1;
Mesh.MshFileVersion = 4.1;
Mesh.Binary = 1;
