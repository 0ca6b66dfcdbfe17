// A sector of a ball of 20 mm within |x|, |y| < a z, in tetrahedra (C05-4), m.
SetFactory("OpenCASCADE");
a = 0.2;
h = 0.1;
Sphere(1) = {0, 0, 0, 0.02};
Point(101) = {0, 0, 0};
Point(102) = {-a * h, -a * h, h};
Point(103) = {a * h, -a * h, h};
Point(104) = {a * h, a * h, h};
Point(105) = {-a * h, a * h, h};
Line(101) = {101, 102};
Line(102) = {101, 103};
Line(103) = {101, 104};
Line(104) = {101, 105};
Line(105) = {102, 103};
Line(106) = {103, 104};
Line(107) = {104, 105};
Line(108) = {105, 102};
Curve Loop(101) = {101, 105, -102};
Curve Loop(102) = {102, 106, -103};
Curve Loop(103) = {103, 107, -104};
Curve Loop(104) = {104, 108, -101};
Curve Loop(105) = {105, 106, 107, 108};
For k In {101 : 105}
  Plane Surface(k) = {k};
EndFor
Surface Loop(101) = {101 : 105};
Volume(101) = {101};
sector[] = BooleanIntersection{ Volume{1}; Delete; }{ Volume{101}; Delete; };
outer[] = Surface In BoundingBox{-0.02, -0.02, 0.017, 0.02, 0.02, 0.021};
Physical Volume("sector") = {sector[]};
Physical Surface("outer") = {outer[]};
Mesh.MeshSizeMin = 0.00095;
Mesh.MeshSizeMax = 0.00095;
Mesh.Optimize = 1;
Mesh.OptimizeNetgen = 1;
Mesh.MshFileVersion = 2.2;
Mesh.Binary = 1;
