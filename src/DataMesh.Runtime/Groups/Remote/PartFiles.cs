using DataMesh.Runtime.Quarantine;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Groups.Remote;

/// <summary>The files of a part that was handed in by another silo.</summary>
internal static class PartFiles
{
    /// <summary>Deletes them: their epoch ends without having been prepared.</summary>
    public static void Delete(PipelineRun run, PartReport report)
    {
        for (var sink = 0; sink < report.Outputs.Count; sink++)
            run.Definition.Sinks[sink].Sink.Discard(report.Outputs[sink], run.Context);
        if (report.Bad is { } bad) File.Delete(Path.Combine(QuarantineView.FolderOf(run), bad.File));
        var before = run.States.SelectMany(state => state.Files).Select(file => file.File).ToHashSet(StringComparer.Ordinal);
        foreach (var file in report.State.SelectMany(state => state.Files).Where(file => !before.Contains(file.File))) File.Delete(run.Account.States.PathOf(file.File));
    }
}
