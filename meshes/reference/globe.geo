// A unit sphere in triangles (B02), scaled to each case.
SetFactory("OpenCASCADE");
Sphere(1) = {0, 0, 0, 1};
Physical Surface("globe") = {1};
Mesh.MeshSizeMin = 0.14;
Mesh.MeshSizeMax = 0.14;
Mesh.MshFileVersion = 4.1;
Mesh.Binary = 0;
