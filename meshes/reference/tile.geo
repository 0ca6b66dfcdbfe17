// A unit square in small triangles (B05), placed by each case.
SetFactory("OpenCASCADE");
Rectangle(1) = {0, 0, 0, 1, 1};
Physical Surface("square") = {1};
Mesh.MeshSizeMin = 0.09;
Mesh.MeshSizeMax = 0.09;
Mesh.MshFileVersion = 2.2;
Mesh.Binary = 0;
