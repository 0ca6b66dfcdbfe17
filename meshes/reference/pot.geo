// Base and wall of a cylinder of radius 1 and height 1, open above, finer towards its edges (B04-c): triangles and quads.
Point(1) = {0, 0, 0, 0.25};
Point(2) = {1, 0, 0, 0.1};
Point(3) = {0, 1, 0, 0.1};
Point(4) = {-1, 0, 0, 0.1};
Point(5) = {0, -1, 0, 0.1};
Circle(1) = {2, 1, 3};
Circle(2) = {3, 1, 4};
Circle(3) = {4, 1, 5};
Circle(4) = {5, 1, 2};
Transfinite Curve {1 : 4} = 9;
Curve Loop(1) = {1, 2, 3, 4};
Plane Surface(1) = {1};
Point{1} In Surface{1};
n = 24;
count[] = {};
height[] = {};
For k In {1 : n}
  count[] += {1};
  height[] += {0.5 * (1 - Cos(Pi * k / n))};
EndFor
e[] = Extrude {0, 0, 1} { Curve{1 : 4}; Layers{ {count[]}, {height[]} }; Recombine; };
Physical Surface("1") = {1};
Physical Surface("2") = {e[1], e[5], e[9], e[13]};
Mesh.MshFileVersion = 2.2;
Mesh.Binary = 1;
