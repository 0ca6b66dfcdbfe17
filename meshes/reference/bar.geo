// A bar of unit length in tetrahedra (C09-T2, C09-T3, C11), scaled to each case.
SetFactory("OpenCASCADE");
Box(1) = {0, 0, 0, 1, 0.1, 0.1};
low[] = Surface In BoundingBox{-0.001, -1, -1, 0.001, 1, 1};
high[] = Surface In BoundingBox{0.999, -1, -1, 1.001, 1, 1};
Physical Volume("bar") = {1};
Physical Surface("low") = {low[]};
Physical Surface("high") = {high[]};
Mesh.MeshSizeMin = 0.04;
Mesh.MeshSizeMax = 0.04;
Mesh.Optimize = 1;
Mesh.OptimizeNetgen = 1;
Mesh.MshFileVersion = 4.1;
Mesh.Binary = 1;
