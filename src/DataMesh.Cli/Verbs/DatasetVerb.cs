using System.CommandLine;

namespace DataMesh.Cli.Verbs;

/// <summary><c>datamesh dataset</c>: looks at tables.</summary>
internal static class DatasetVerb
{
    public static Command Create() => new("dataset", "Look at datasets: list, show, history, vacuum.");
}
