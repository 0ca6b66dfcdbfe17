// 15 degrees of a plate of radius 1, heated on a middle disc, cooled below (C08-c): tetrahedra.
// disc_1.msh: -setnumber source 0.2 -setnumber thick 0.1; disc_2.msh: 0.35, 0.075.
DefineConstant[ source = 0.2, thick = 0.1 ];
half = Pi / 24;
fine = source / 12;
Point(1) = {0, 0, 0, fine};
Point(2) = {source * Cos(half), -source * Sin(half), 0, fine};
Point(3) = {source * Cos(half), source * Sin(half), 0, fine};
Point(4) = {Cos(half), -Sin(half), 0, 0.07};
Point(5) = {Cos(half), Sin(half), 0, 0.07};
Line(1) = {1, 2};
Circle(2) = {2, 1, 3};
Line(3) = {3, 1};
Line(4) = {2, 4};
Circle(5) = {4, 1, 5};
Line(6) = {5, 3};
Transfinite Curve {2, 5} = 5;
Curve Loop(1) = {1, 2, 3};
Plane Surface(1) = {1};
Curve Loop(2) = {4, 5, 6, -2};
Plane Surface(2) = {2};
below[] = {1, 2};
a[] = Extrude {0, 0, thick} { Surface{1}; Layers{8}; };
b[] = Extrude {0, 0, thick} { Surface{2}; Layers{8}; };
Physical Volume("plate") = {a[1], b[1]};
Physical Surface("source") = {a[0]};
Physical Surface("cooled") = {below[]};
Mesh.MshFileVersion = 4.1;
Mesh.Binary = 1;
