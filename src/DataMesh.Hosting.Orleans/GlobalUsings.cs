global using GrainId = DataMesh.ControlPlane.Grains.GrainId;
global using OrleansId = Orleans.Runtime.GrainId;
