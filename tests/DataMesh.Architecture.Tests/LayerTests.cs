using System.Xml.Linq;

namespace DataMesh.Architecture.Tests;

/// <summary>The arrows of docs/ARCHITECTURE.md: who may depend on whom, directly or by way of others.</summary>
public class LayerTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Core"] = [],
        ["Formats"] = ["Core"],
        ["DataPlane"] = ["Core", "Formats"],
        ["Connectors"] = ["Core", "Formats"],
        ["ControlPlane"] = ["Core"],
        ["Runtime"] = ["ControlPlane", "DataPlane", "Connectors", "Core", "Formats"],
        ["Hosting.Embedded"] = ["Runtime", "ControlPlane", "DataPlane", "Connectors", "Core", "Formats"],
        ["Hosting.Redis"] = ["Runtime", "ControlPlane", "DataPlane", "Connectors", "Core", "Formats"],
        ["Hosting.Simulation"] = ["Runtime", "ControlPlane", "DataPlane", "Connectors", "Core", "Formats"],
        ["Hosting.Orleans"] = ["Runtime", "ControlPlane", "DataPlane", "Connectors", "Core", "Formats"],
        ["Client"] = [],
        ["Api"] = ["Client", "Runtime", "ControlPlane", "DataPlane", "Connectors", "Core", "Formats"],
        ["Cli"] = ["Client", "Api", "Hosting.Embedded", "Hosting.Redis", "Hosting.Orleans", "Hosting.Simulation", "Runtime", "ControlPlane", "DataPlane", "Connectors", "Core", "Formats"],
    };

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [Fact]
    public void Every_project_stands_in_the_layers()
    {
        var projects = Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src")).Select(folder => Path.GetFileName(folder)["DataMesh.".Length..]);
        Assert.Equal(Allowed.Keys.Order(), projects.Order());
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_layers_below_it(string project)
    {
        var file = Path.Combine(Repository.Root, "src", $"DataMesh.{project}", $"DataMesh.{project}.csproj");
        var references = XDocument.Load(file).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))["DataMesh.".Length..]).ToList();
        Assert.Empty(references.Except(Allowed[project]));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_uses_no_namespace_of_a_layer_it_may_not_know(string project)
    {
        var forbidden = Allowed.Keys.Except(Allowed[project]).Where(other => other != project).Select(other => $"using DataMesh.{other}").ToList();
        var offences =
            from path in Repository.Sources($"src/DataMesh.{project}")
            from line in File.ReadLines(path)
            where forbidden.Any(use => line.StartsWith(use + ";", StringComparison.Ordinal) || line.StartsWith(use + ".", StringComparison.Ordinal))
            select $"{Repository.Relative(path)}: {line}";
        Assert.Empty(offences);
    }

    [Fact]
    public void The_data_plane_knows_no_network()
    {
        string[] words = ["System.Net", "StackExchange", "Orleans", "Microsoft.AspNetCore"];
        var offences =
            from project in new[] { "Core", "Formats", "DataPlane" }
            from path in Repository.Sources($"src/DataMesh.{project}")
            from line in File.ReadLines(path)
            where words.Any(word => line.StartsWith("using " + word, StringComparison.Ordinal))
            select $"{Repository.Relative(path)}: {line}";
        Assert.Empty(offences);
    }
}
