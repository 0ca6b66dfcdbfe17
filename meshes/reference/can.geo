// Closed cylinder of radius 1 and length 2 in triangles (B03-3, B03-4).
SetFactory("OpenCASCADE");
Cylinder(1) = {0, 0, 0, 0, 0, 2, 1};
base[] = Surface In BoundingBox{-1.1, -1.1, -0.1, 1.1, 1.1, 0.1};
top[] = Surface In BoundingBox{-1.1, -1.1, 1.9, 1.1, 1.1, 2.1};
all[] = Boundary{ Volume{1}; };
wall[] = {};
For k In {0 : #all[] - 1}
  If (Abs(all[k]) != base[0] && Abs(all[k]) != top[0])
    wall[] += Abs(all[k]);
  EndIf
EndFor
Physical Surface("1") = {base[]};
Physical Surface("2") = {top[]};
Physical Surface("3") = {wall[]};
Mesh.MeshSizeMin = 0.15;
Mesh.MeshSizeMax = 0.15;
Mesh.MshFileVersion = 4.1;
Mesh.Binary = 1;
