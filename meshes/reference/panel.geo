// A unit square in triangles (B06), placed and scaled by each case.
SetFactory("OpenCASCADE");
Rectangle(1) = {0, 0, 0, 1, 1};
Physical Surface("square") = {1};
Mesh.MeshSizeMin = 0.2;
Mesh.MeshSizeMax = 0.2;
Mesh.MshFileVersion = 4.1;
Mesh.Binary = 1;
