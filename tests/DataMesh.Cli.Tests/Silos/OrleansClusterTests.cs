namespace DataMesh.Cli.Tests.Silos;

/// <summary>The same on Orleans.</summary>
public sealed class OrleansClusterTests : ClusterTests
{
    protected override string Host => "orleans";
}
