// Half of the unit square, cut at x = 1/2, in triangles and quads (C04).
SetFactory("OpenCASCADE");
Rectangle(1) = {0, 0, 0, 0.5, 0.5};
Rectangle(2) = {0, 0.5, 0, 0.5, 0.5};
Coherence;
Recombine Surface{2};
Physical Surface("triangles") = {1};
Physical Surface("quads") = {2};
Mesh.MeshSizeMin = 0.02;
Mesh.MeshSizeMax = 0.02;
Mesh.RecombinationAlgorithm = 2;
Mesh.MshFileVersion = 2.2;
Mesh.Binary = 1;
