// The wall of a cylinder of radius 1 and height 1 in quads (B02), scaled to each case.
Point(1) = {0, 0, 0};
Point(2) = {1, 0, 0};
Point(3) = {0, 1, 0};
Point(4) = {-1, 0, 0};
Point(5) = {0, -1, 0};
Circle(1) = {2, 1, 3};
Circle(2) = {3, 1, 4};
Circle(3) = {4, 1, 5};
Circle(4) = {5, 1, 2};
Transfinite Curve {1 : 4} = 17;
e[] = Extrude {0, 0, 1} { Curve{1 : 4}; Layers{2}; Recombine; };
Physical Surface("tube") = {e[1], e[5], e[9], e[13]};
Mesh.MshFileVersion = 4.1;
Mesh.Binary = 0;
