// A square of 1 m in triangles, finer towards the edge x = 0 (B04-v).
Point(1) = {0, 0, 0};
Point(2) = {1, 0, 0};
Point(3) = {1, 1, 0};
Point(4) = {0, 1, 0};
Line(1) = {1, 2};
Line(2) = {2, 3};
Line(3) = {3, 4};
Line(4) = {4, 1};
Transfinite Curve {1} = 49 Using Progression 1.04;
Transfinite Curve {3} = 49 Using Progression 1 / 1.04;
Transfinite Curve {2, 4} = 3;
Curve Loop(1) = {1, 2, 3, 4};
Plane Surface(1) = {1};
Transfinite Surface {1};
Physical Surface("leaf") = {1};
Mesh.MshFileVersion = 2.2;
Mesh.Binary = 0;
