// The unit square in 60 by 60 quads (C10).
SetFactory("OpenCASCADE");
Rectangle(1) = {0, 0, 0, 1, 1};
Transfinite Curve{1, 2, 3, 4} = 61;
Transfinite Surface{1};
Recombine Surface{1};
Physical Surface("grid") = {1};
Mesh.MshFileVersion = 2.2;
Mesh.Binary = 1;
