using System.Text;
using System.Text.Json;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Commit;

/// <summary>
/// The prepared records of a pipeline lie beside its first target. A small file in every other one says where, so that whoever cleans that one up finds the
/// files that an epoch in flight still needs.
/// </summary>
public static class PreparedPointers
{
    private const string Folder = "prepared-by";

    /// <summary>Writes the pointers of a pipeline; called before an epoch is prepared.</summary>
    public static void Write(PipelineRun run)
    {
        var first = run.Definition.Sinks[0].Sink.SideFolder(run.Context, "_datamesh");
        foreach (var node in run.Definition.Sinks.Skip(1))
        {
            var own = node.Sink.SideFolder(run.Context, "_datamesh");
            var path = Path.Combine(own, Folder, Account.KeyOf(run.AppId) + ".json");
            var content = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(Path.GetRelativePath(own, first), RuntimeJson.Default.String));
            if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content)) continue;
            DurableFiles.CreateFolder(Path.GetDirectoryName(path)!);
            DurableFiles.Replace(path, content);
        }
    }

    /// <summary>
    /// The files of a table that unfinished epochs name, relative to the table. Names of files of other tables are among them: sparing what is not there
    /// does no harm.
    /// </summary>
    public static IEnumerable<string> FilesInFlight(string table)
    {
        var own = Path.Combine(Path.GetFullPath(table), "_datamesh");
        foreach (var folder in Read(own).Prepend(own))
        {
            var prepared = Path.Combine(folder, "prepared");
            if (!Directory.Exists(prepared)) continue;
            foreach (var path in Directory.EnumerateFiles(prepared, "*.json"))
            {
                PreparedRecord record;
                try
                {
                    record = Account.ReadPrepared(path);
                }
                catch (FileNotFoundException)
                {
                    // Its epoch was completed just now.
                    continue;
                }

                foreach (var file in record.Targets.SelectMany(target => target.Files)) yield return file.Path;
            }
        }
    }

    /// <summary>The <c>_datamesh</c> folder beside the first target of a pipeline, as a note in another target's folder says; null without a note.</summary>
    internal static string? FolderOf(string own, string key)
    {
        var path = Path.Combine(own, Folder, key + ".json");
        if (!File.Exists(path)) return null;
        return JsonSerializer.Deserialize(File.ReadAllBytes(path), RuntimeJson.Default.String) is { } relative ? Path.GetFullPath(relative, own) : null;
    }

    private static IEnumerable<string> Read(string own)
    {
        var folder = Path.Combine(own, Folder);
        if (!Directory.Exists(folder)) yield break;
        foreach (var path in Directory.EnumerateFiles(folder, "*.json"))
        {
            string? relative;
            try
            {
                relative = JsonSerializer.Deserialize(File.ReadAllBytes(path), RuntimeJson.Default.String);
            }
            catch (JsonException broken)
            {
                throw new DataMeshException("A note about the epochs of a pipeline is damaged.", new Location(path), broken.Message, "run the pipeline once more: it writes the note anew", broken);
            }

            if (relative is not null) yield return Path.GetFullPath(relative, own);
        }
    }
}
