using System.Text.RegularExpressions;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;
using DataMesh.Hosting.Simulation.Trials;

namespace DataMesh.Cli.Simulations;

/// <summary>
/// A user's pipeline as the scene of a trial: its file as it is, at the same place below the trial's folder, with the first rows of its sources and everything
/// else that the file names. So the pipeline can neither read nor write anything of the user's.
/// </summary>
internal sealed partial class SampledScene
{
    /// <summary>Files of other formats can only be taken whole.</summary>
    private const long WholeBytesMax = 64 << 20;

    private static readonly string[] Lines = [".csv", ".tsv", ".txt", ".log", ".ndjson", ".jsonl"];

    private readonly PipelineDefinition _definition;
    private readonly string _root;
    private readonly int _rows;
    private readonly string _base;

    private SampledScene(PipelineDefinition definition, string root, int rows) =>
        (_definition, _root, _rows, _base) = (definition, root, rows, Path.GetDirectoryName(definition.File)!);

    /// <summary>Makes the scene of a pipeline whose trials run in a folder.</summary>
    public static async Task<(Scene Scene, int Files, long Bytes)> MakeAsync(PipelineDefinition definition, string root, int rows, CancellationToken cancellation)
    {
        var sampling = new SampledScene(definition, root, rows);
        var sources = await sampling.SourcesAsync(cancellation);
        if (sources.Count == 0) throw new DataMeshException("The pipeline's sources have no files: there is nothing to simulate it with.");
        var copies = sources.ToDictionary(path => path, path => sampling.Cut(path, isSource: true), StringComparer.Ordinal);
        foreach (var path in sampling.Named().Where(path => !copies.ContainsKey(path))) copies[path] = sampling.Cut(path, isSource: false);
        var bytes = sources.Sum(path => (long)copies[path].Length);
        var scene = new Scene(definition.Name, sampling.Text(), _ => sampling.Fill(copies))
        {
            Folder = sampling._base[1..],
            File = Path.GetFileName(definition.File),
            // So small that even a sample makes several epochs of several blocks.
            EpochBytes = Math.Max(512, bytes / 8),
            BlockBytes = (int)Math.Clamp(bytes / 24, 1024, 1 << 20),
        };
        return (scene, sources.Count, bytes);
    }

    private async Task<List<string>> SourcesAsync(CancellationToken cancellation)
    {
        var context = Composition.ContextOf(_definition);
        var paths = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var node in _definition.Sources)
        {
            await foreach (var split in node.Source.EnumerateAsync(context, cancellation))
                if (File.Exists(context.Resolve(split.Id))) paths.Add(context.Resolve(split.Id));
        }

        return [.. paths];
    }

    /// <summary>Files that the pipeline file names, whatever for: a table to look up in, a schema.</summary>
    private IEnumerable<string> Named() => Words().Matches(_definition.Text).Select(word => word.Value)
        .Where(word => word.Length < 1000 && word.Trim('.', '/').Length > 0).Select(word => Path.GetFullPath(word, _base)).Where(File.Exists).Distinct(StringComparer.Ordinal);

    /// <summary>The text, with paths from the root of the file system led into the trial's folder.</summary>
    private string Text()
    {
        var context = Composition.ContextOf(_definition);
        var targets = _definition.Sinks.Select(node => node.Sink.TargetPath(context)).ToHashSet(StringComparer.Ordinal);
        return Words().Replace(_definition.Text, word => IsOfRoot(word.Value, targets) ? _root + word.Value : word.Value);
    }

    private static bool IsOfRoot(string word, HashSet<string> targets)
    {
        if (!Path.IsPathRooted(word) || word.Length < 2) return false;
        var folder = word.Split('*', '?', '[', '{')[0];
        return targets.Contains(word) || File.Exists(word) || (folder.Length > 1 && Directory.Exists(Path.GetDirectoryName(folder)) && Path.GetDirectoryName(folder) != "/");
    }

    private byte[] Cut(string path, bool isSource)
    {
        if (isSource && Lines.Contains(Path.GetExtension(path).ToLowerInvariant())) return FirstLines(path, _rows + 1);
        if (new FileInfo(path).Length > WholeBytesMax)
            throw new DataMeshException($"'{path}' is too large to be simulated with: it can not be cut.", hint: $"simulate with a smaller file; of {string.Join(", ", Lines)} the first rows are taken");
        return File.ReadAllBytes(path);
    }

    private static byte[] FirstLines(string path, int lines)
    {
        using var file = File.OpenRead(path);
        using var taken = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; lines > 0 && taken.Length < WholeBytesMax && (read = file.Read(buffer)) > 0;)
        {
            var rest = buffer.AsSpan(0, read);
            while (lines > 0 && rest.Length > 0)
            {
                var end = rest.IndexOf((byte)'\n') + 1;
                if (end > 0) lines--;
                else end = rest.Length;
                taken.Write(rest[..end]);
                rest = rest[end..];
            }
        }

        return taken.ToArray();
    }

    private void Fill(Dictionary<string, byte[]> copies)
    {
        foreach (var (path, bytes) in copies)
        {
            var copy = _root + path;
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.WriteAllBytes(copy, bytes);
        }
    }

    [GeneratedRegex("""[^\s"'\[\]{},:#]+""")]
    private static partial Regex Words();
}
