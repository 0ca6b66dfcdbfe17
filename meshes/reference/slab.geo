// Half of a slab of 20 mm in tetrahedra (C05-5), m.
SetFactory("OpenCASCADE");
Box(1) = {0, 0, 0, 0.01, 0.004, 0.004};
face[] = Surface In BoundingBox{0.0099, -1, -1, 0.0101, 1, 1};
Physical Volume("slab") = {1};
Physical Surface("face") = {face[]};
Mesh.MeshSizeMin = 0.0011;
Mesh.MeshSizeMax = 0.0011;
Mesh.Optimize = 1;
Mesh.OptimizeNetgen = 1;
Mesh.MshFileVersion = 4.1;
Mesh.Binary = 0;
