// A rectangle of 0.6 by 1 in triangles, finer along the edges (C09-T4).
Point(1) = {0, 0, 0, 0.025};
Point(2) = {0.6, 0, 0, 0.006};
Point(3) = {0.6, 1, 0, 0.04};
Point(4) = {0, 1, 0, 0.05};
Line(1) = {1, 2};
Line(2) = {2, 3};
Line(3) = {3, 4};
Line(4) = {4, 1};
Curve Loop(1) = {1, 2, 3, 4};
Plane Surface(1) = {1};
Physical Surface("plate") = {1};
Mesh.MshFileVersion = 4.1;
Mesh.Binary = 1;
