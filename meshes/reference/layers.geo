// A bar of unit length in 100 hexahedra one behind the other (C06, C12), scaled to each case.
Point(1) = {0, 0, 0, 1};
line[] = Extrude {0, 0.1, 0} { Point{1}; Layers{1}; };
face[] = Extrude {0, 0, 0.1} { Line{line[1]}; Layers{1}; Recombine; };
body[] = Extrude {1, 0, 0} { Surface{face[1]}; Layers{100}; Recombine; };
Physical Volume("bar") = {body[1]};
Physical Surface("low") = {face[1]};
Physical Surface("high") = {body[0]};
Mesh.MshFileVersion = 2.2;
Mesh.Binary = 1;
