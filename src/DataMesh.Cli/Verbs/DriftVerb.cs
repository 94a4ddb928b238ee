using System.CommandLine;
using DataMesh.Cli.Verbs.Drifts;

namespace DataMesh.Cli.Verbs;

/// <summary><c>datamesh drift</c>: what changed in the structure of a pipeline's sources.</summary>
internal static class DriftVerb
{
    public static Command Create() => new("drift", "See how the structure of the sources changed, and what was done about it.")
    {
        DriftListVerb.Create(),
        DriftShowVerb.Create(),
    };
}
