// The unit cube's six faces in triangles (B03-5).
SetFactory("OpenCASCADE");
Box(1) = {0, 0, 0, 1, 1, 1};
bottom[] = Surface In BoundingBox{-0.1, -0.1, -0.1, 1.1, 1.1, 0.1};
top[] = Surface In BoundingBox{-0.1, -0.1, 0.9, 1.1, 1.1, 1.1};
left[] = Surface In BoundingBox{-0.1, -0.1, -0.1, 0.1, 1.1, 1.1};
right[] = Surface In BoundingBox{0.9, -0.1, -0.1, 1.1, 1.1, 1.1};
near[] = Surface In BoundingBox{-0.1, -0.1, -0.1, 1.1, 0.1, 1.1};
far[] = Surface In BoundingBox{-0.1, 0.9, -0.1, 1.1, 1.1, 1.1};
Physical Surface("1") = {bottom[]};
Physical Surface("2") = {top[]};
Physical Surface("3") = {left[]};
Physical Surface("4") = {right[]};
Physical Surface("5") = {near[]};
Physical Surface("6") = {far[]};
Mesh.MeshSizeMin = 0.3;
Mesh.MeshSizeMax = 0.3;
Mesh.MshFileVersion = 4.1;
Mesh.Binary = 0;
