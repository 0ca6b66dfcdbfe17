// The unit square in triangles (C07).
SetFactory("OpenCASCADE");
Rectangle(1) = {0, 0, 0, 1, 1};
Physical Surface("plane") = {1};
Mesh.MeshSizeMin = 0.025;
Mesh.MeshSizeMax = 0.025;
Mesh.MshFileVersion = 4.1;
Mesh.Binary = 1;
