using System.CommandLine;
using DataMesh.Cli.Verbs.Quarantines;

namespace DataMesh.Cli.Verbs;

/// <summary><c>datamesh quarantine</c>: looks at the records that were set aside, and settles them.</summary>
internal static class QuarantineVerb
{
    public static Command Create() => new("quarantine", "Look at the records that a pipeline set aside; replay or discard them.")
    {
        QuarantineListVerb.Create(),
        QuarantineShowVerb.Create(),
        QuarantineReplayVerb.Create(),
        QuarantineDiscardVerb.Create(),
    };
}
