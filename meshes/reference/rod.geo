// 30 degrees of a cylinder of 20 mm in triangles (C05-3), m.
SetFactory("OpenCASCADE");
Disk(1) = {0, 0, 0, 0.02};
Point(100) = {0, 0, 0};
Point(101) = {0.1, 0, 0};
Point(102) = {0.1 * Cos(Pi / 6), 0.1 * Sin(Pi / 6), 0};
Line(101) = {100, 101};
Line(102) = {101, 102};
Line(103) = {102, 100};
Curve Loop(100) = {101, 102, 103};
Plane Surface(100) = {100};
rod[] = BooleanIntersection{ Surface{1}; Delete; }{ Surface{100}; Delete; };
Physical Surface("rod") = {rod[]};
Mesh.MeshSizeMin = 0.0004;
Mesh.MeshSizeMax = 0.0004;
Mesh.MshFileVersion = 2.2;
Mesh.Binary = 1;
