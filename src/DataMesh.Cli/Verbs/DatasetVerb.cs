using System.CommandLine;
using DataMesh.Cli.Verbs.Datasets;

namespace DataMesh.Cli.Verbs;

/// <summary><c>datamesh dataset</c>: looks at tables and cleans them up.</summary>
internal static class DatasetVerb
{
    public static Command Create() => new("dataset", "Look at datasets, and clean them up.")
    {
        DatasetListVerb.Create(),
        DatasetShowVerb.Create(),
        DatasetHistoryVerb.Create(),
        DatasetCompactVerb.Create(),
        DatasetRetainVerb.Create(),
        DatasetVacuumVerb.Create(),
    };
}
