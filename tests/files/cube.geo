// Two halves of a cube of 10 mm with three named sides; written in every variant of the format, see cube_*.msh.
SetFactory("OpenCASCADE");
Box(1) = {0, 0, 0, 5, 10, 10};
Box(2) = {5, 0, 0, 5, 10, 10};
BooleanFragments{ Volume{1}; Delete; }{ Volume{2}; Delete; }
left[] = Surface In BoundingBox{-0.1, -0.1, -0.1, 0.1, 10.1, 10.1};
right[] = Surface In BoundingBox{9.9, -0.1, -0.1, 10.1, 10.1, 10.1};
Physical Volume("near") = {1};
Physical Volume("far") = {2};
Physical Surface("left") = {left[]};
Physical Surface("right") = {right[]};
Mesh.MeshSizeMin = 5;
Mesh.MeshSizeMax = 5;
