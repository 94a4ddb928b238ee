using System.Globalization;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Keys;
using DataMesh.Core.Storage;
using DataMesh.DataPlane;
using DataMesh.DataPlane.Graph;

namespace DataMesh.Runtime.Commit;

/// <summary>
/// The state of stages as files under <c>_datamesh/state</c> of the first target. A file is written whole and synced before the epoch is prepared, and
/// counts once the epoch's manifest is committed. The first file of a stage is whole, later ones hold changes, until these outweigh it.
/// </summary>
internal sealed class StateFiles(string folder, string appId)
{
    /// <summary>Files of one stage before its state is written whole again.</summary>
    public const int FilesMax = 16;

    private const string Extension = ".state";
    private readonly string _folder = Path.Combine(folder, "state");
    private readonly string _key = Account.KeyOf(appId);
    // The tasks of a pipeline share this, and end their parts of an epoch side by side.
    private readonly Lock _lock = new();
    private readonly List<string> _made = [];

    /// <summary>Writes what every stage that keeps state has to save; the result names all files that make its state up.</summary>
    public IReadOnlyList<StageState> Save(BoundGraph graph, DataPath path, IReadOnlyList<StageState> before, long epoch, TaskKeys keys)
    {
        var saved = new List<StageState>();
        foreach (var node in graph.Keepers.Where(keys.Has))
        {
            var share = keys.ShareOf(node);
            var files = before.FirstOrDefault(state => state.Stage == node.Id && share == new KeyShare(state.Task, state.Tasks))?.Files ?? [];
            files = Save(node, path.KeeperOf(node), files, epoch);
            if (files.Count > 0) saved.Add(new StageState(node.Id, files) { Task = share.Task, Tasks = share.Tasks });
            CrashPoint.Reached(CrashPoints.StageState);
        }

        if (saved.Count > 0) DurableFiles.FlushFolder(_folder);
        return saved;
    }

    /// <summary>Where a state file is.</summary>
    public string PathOf(string file) => Path.Combine(_folder, file);

    /// <summary>An epoch begins: what was saved before it is no longer to be discarded.</summary>
    public void BeginEpoch()
    {
        lock (_lock) _made.Clear();
    }

    /// <summary>Deletes what was saved since the epoch began: it ends without having been prepared.</summary>
    public void Discard()
    {
        lock (_lock)
        {
            foreach (var path in _made) File.Delete(path);
            _made.Clear();
        }
    }

    /// <summary>
    /// Gives every stage that keeps state what it had of the keys that are this task's; a stage without files begins with nothing. When keys were divided in
    /// another way, the files of all tasks are looked through.
    /// </summary>
    public void Restore(BoundGraph graph, DataPath path, IReadOnlyList<StageState> states, TaskKeys keys)
    {
        foreach (var node in graph.Keepers.Where(keys.Has))
        {
            var share = keys.ShareOf(node);
            IReadOnlyList<StageState> kept = [.. states.Where(state => state.Stage == node.Id)];
            var same = kept.FirstOrDefault(state => share == new KeyShare(state.Task, state.Tasks));
            foreach (var state in same is null ? kept : [same])
                foreach (var file in state.Files) Restore(node, path.KeeperOf(node), Path.Combine(_folder, file.File), same is null ? share : null);
        }
    }

    /// <summary>
    /// Deletes the files that no later start can need: of epochs up to <paramref name="epoch"/>, which is committed, and not named by its manifest.
    /// </summary>
    public void Clean(IReadOnlyList<StageState> live, long epoch)
    {
        if (!Directory.Exists(_folder)) return;
        var named = live.SelectMany(state => state.Files).Select(file => file.File).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(_folder, $"{_key}-*{Extension}"))
        {
            var name = Path.GetFileName(path);
            if (!named.Contains(name) && EpochOf(name) <= epoch) File.Delete(path);
        }
    }

    private IReadOnlyList<StateFile> Save(BoundNode node, StageWorker worker, IReadOnlyList<StateFile> files, long epoch)
    {
        var whole = files.Count is 0 or >= FilesMax || files.Skip(1).Sum(file => file.Bytes) > files[0].Bytes;
        DurableFiles.CreateFolder(_folder);
        var name = string.Create(CultureInfo.InvariantCulture, $"{_key}-{epoch:D10}-{node.Id}-{Guid.NewGuid():N}{Extension}");
        var path = Path.Combine(_folder, name);
        lock (_lock) _made.Add(path);
        SavedState saved;
        long bytes;
        using (var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0))
        {
            var writer = new StateWriter(stream);
            writer.Raw(StateWriter.Magic);
            writer.Text(node.Id);
            writer.Text(node.Bound.StateDefinition);
            saved = worker.SaveState(writer, whole);
            writer.Finish(saved == SavedState.Whole);
            bytes = writer.Length;
            if (saved != SavedState.Unchanged) stream.Flush(flushToDisk: true);
        }

        if (saved == SavedState.Unchanged) File.Delete(path);
        return saved switch
        {
            SavedState.Unchanged => files,
            SavedState.Whole => [new StateFile(name, bytes)],
            _ => [.. files, new StateFile(name, bytes)],
        };
    }

    private static void Restore(BoundNode node, StageWorker worker, string path, KeyShare? share)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            var reader = new StateReader(stream);
            if (reader.Text() != node.Id) throw new FormatException("It belongs to another stage.");
            var definition = reader.Text();
            if (definition != node.Bound.StateDefinition) throw Changed(node, path, definition);
            if (share is { } mine) worker.RestoreState(reader, mine);
            else worker.RestoreState(reader);
            if (reader.Left != 0) throw new FormatException($"{reader.Left} bytes are left over.");
        }
        catch (Exception error) when (error is IOException or FormatException or UnauthorizedAccessException)
        {
            throw new DataMeshException(
                $"What the stage '{node.Id}' kept from earlier runs can not be read.", new Location(path), error.Message,
                "restore the file, or run with --rebuild to read everything anew", error);
        }
    }

    private static DataMeshException Changed(BoundNode node, string path, string definition) => new(
        $"The stage '{node.Id}' is no longer what it was when it kept its state.", new Location(path), $"then: {definition}; now: {node.Bound.StateDefinition}",
        "undo the change, give the stage another id to begin without its state, or run with --rebuild to read everything anew");

    private long EpochOf(string name) =>
        long.TryParse(name.AsSpan(_key.Length + 1, Math.Min(10, name.Length - _key.Length - 1)), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : long.MaxValue;
}
