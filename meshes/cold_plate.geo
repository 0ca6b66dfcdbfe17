// A cold plate with fins, in mm: base 120 × 80 × 5, seven fins 2 thick and 18 high along y.
SetFactory("OpenCASCADE");
Box(1) = {0, 0, 0, 120, 80, 5};
For k In {0 : 6}
  Box(2 + k) = {8 + 17 * k, 0, 5, 2, 80, 18};
EndFor
BooleanUnion{ Volume{1}; Delete; }{ Volume{2 : 8}; Delete; }
heated[] = Surface In BoundingBox{-1, -1, -0.1, 121, 81, 0.1};
outside[] = Boundary{ Volume{:}; };
wetted[] = {};
For k In {0 : #outside[] - 1}
  If (Abs(outside[k]) != heated[0])
    wetted[] += Abs(outside[k]);
  EndIf
EndFor
Physical Volume("plate") = {Volume{:}};
Physical Surface("heated") = {heated[]};
Physical Surface("wetted") = {wetted[]};
Mesh.MeshSizeMin = size;
Mesh.MeshSizeMax = size;
// Slivers cost accuracy and time.
Mesh.Algorithm3D = 10;
Mesh.Optimize = 1;
Mesh.OptimizeNetgen = 1;
Mesh.MshFileVersion = 4.1;
