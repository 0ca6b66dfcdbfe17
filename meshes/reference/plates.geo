// Seven unit squares 0.1 apart in triangles, from below (B01; the first of them again and again: B07).
SetFactory("OpenCASCADE");
For k In {0 : 6}
  Rectangle(1 + k) = {0, 0, 0.1 * k, 1, 1};
  Physical Surface(Sprintf("%g", k + 1)) = {1 + k};
EndFor
Mesh.MeshSizeMin = 0.5;
Mesh.MeshSizeMax = 0.5;
Mesh.MshFileVersion = 2.2;
Mesh.Binary = 1;
