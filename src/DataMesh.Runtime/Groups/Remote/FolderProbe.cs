using DataMesh.Core.Errors;
using DataMesh.Core.Storage;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Groups.Remote;

/// <summary>
/// What shows whether two silos see the same files: a file that the coordinator's silo has just made, and folders that it sees. An instance's silo must find
/// all of them under the same paths.
/// </summary>
/// <param name="Silo">The coordinator's silo.</param>
/// <param name="File">The file.</param>
/// <param name="Folders">The folders.</param>
public sealed record FolderProbe(string Silo, string File, IReadOnlyList<string> Folders)
{
    private const string Prefix = "probe-";
    private static readonly TimeSpan AgeMax = TimeSpan.FromHours(1);

    /// <summary>Makes one beside the first target of a run.</summary>
    internal static FolderProbe Make(PipelineRun run, string silo)
    {
        var folder = run.Definition.Sinks[0].Sink.SideFolder(run.Context, "_datamesh");
        DurableFiles.CreateFolder(folder);
        // What a silo left here that was killed.
        foreach (var left in new DirectoryInfo(folder).EnumerateFiles(Prefix + "*"))
            if (left.LastWriteTimeUtc < run.Clock.GetUtcNow() - AgeMax) left.Delete();
        var path = Path.Combine(folder, Prefix + Guid.NewGuid().ToString("N"));
        System.IO.File.WriteAllText(path, silo);
        var folders = run.Definition.Sinks.Select(node => node.Sink.TargetPath(run.Context)).Append(run.Context.BaseFolder).Where(Directory.Exists);
        return new FolderProbe(silo, path, [.. folders]);
    }

    /// <summary>Looks whether this silo sees the same; throws when it does not.</summary>
    internal void Check(string pipeline, string here)
    {
        var missing = !System.IO.File.Exists(File) ? File : Folders.FirstOrDefault(folder => !Directory.Exists(folder));
        if (missing is null) return;
        throw new DataMeshException(
            $"The silo {here} does not see the files of the silo {Silo}, and can not run a task of '{pipeline}' for it.", new Location(missing),
            detail: $"'{missing}' is there on {Silo}, and not on {here}.",
            hint: "let all silos see the same folders under the same paths (a shared file system), or set 'parallelism: 1'");
    }

    /// <summary>Takes it away.</summary>
    internal void Delete() => System.IO.File.Delete(File);
}
