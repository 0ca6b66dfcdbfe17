// A sphere of radius 1 in bands that end 10, 30, 60 and 90 degrees from its top (B04-s): triangles.
SetFactory("OpenCASCADE");
Sphere(1) = {0, 0, 0, 1};
z[] = {Cos(Pi / 18), Cos(Pi / 6), 0.5, 0, -1};
For k In {0 : 3}
  Disk(10 + k) = {0, 0, z[k], 1.2};
EndFor
BooleanFragments{ Surface{1}; Delete; }{ Surface{10 : 13}; Delete; }
For k In {0 : 3}
  all[] = Surface In BoundingBox{-1.05, -1.05, z[k + 1] - 0.001, 1.05, 1.05, z[k] + 0.001};
  flat[] = Surface In BoundingBox{-1.05, -1.05, z[k] - 0.001, 1.05, 1.05, z[k] + 0.001};
  flat[] += Surface In BoundingBox{-1.05, -1.05, z[k + 1] - 0.001, 1.05, 1.05, z[k + 1] + 0.001};
  band[] = {};
  For i In {0 : #all[] - 1}
    is_flat = 0;
    For j In {0 : #flat[] - 1}
      If (flat[j] == all[i])
        is_flat = 1;
      EndIf
    EndFor
    If (!is_flat)
      band[] += {all[i]};
    EndIf
  EndFor
  Physical Surface(Sprintf("%g", k + 1)) = {band[]};
EndFor
Mesh.MeshSizeMin = 0.1;
Mesh.MeshSizeMax = 0.1;
Mesh.MshFileVersion = 4.1;
Mesh.Binary = 1;
