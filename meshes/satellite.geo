// A small satellite in shells, in m: a bus 1 × 0.8 × 0.8 whose ±y sides are radiators, and two wings along ±x.
SetFactory("OpenCASCADE");
Box(1) = {-0.5, -0.4, -0.4, 1, 0.8, 0.8};
Rectangle(11) = {0.8, -0.4, 0, 2.0, 0.8};
Rectangle(12) = {-2.8, -0.4, 0, 2.0, 0.8};
plus[] = Surface In BoundingBox{-0.6, 0.39, -0.5, 0.6, 0.41, 0.5};
minus[] = Surface In BoundingBox{-0.6, -0.41, -0.5, 0.6, -0.39, 0.5};
sides[] = Surface In BoundingBox{-0.6, -0.5, -0.5, 0.6, 0.5, 0.5};
sides[] -= plus[];
sides[] -= minus[];
Physical Surface("bus") = {sides[]};
Physical Surface("radiator_plus") = {plus[]};
Physical Surface("radiator_minus") = {minus[]};
Physical Surface("wing_plus") = {11};
Physical Surface("wing_minus") = {12};
Mesh.MeshSizeMin = 0.12;
Mesh.MeshSizeMax = 0.12;
Mesh.MshFileVersion = 4.1;
