using System.Globalization;
using System.Text.Json;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;

namespace DataMesh.Runtime.Commit;

/// <summary>
/// The runtime's own files beside the first target of a pipeline: <c>prepared/</c> with one record per epoch in flight,
/// <c>manifests/</c> with one account per committed epoch. All are immutable and put-if-absent.
/// </summary>
public sealed class Account(string folder, string appId)
{
    private readonly string _prepared = Path.Combine(folder, "prepared");
    private readonly string _manifests = Path.Combine(folder, "manifests");
    private readonly string _key = KeyOf(appId);

    /// <summary>What the names of a pipeline's files begin with.</summary>
    public static string KeyOf(string appId) => appId.Replace('/', '-');

    /// <summary>The prepared record of an epoch, or null.</summary>
    public PreparedRecord? FindPrepared(long epoch) => !Sabotage.PreparesNothing && File.Exists(PreparedPath(epoch)) ? ReadPrepared(PreparedPath(epoch)) : null;

    /// <summary>Where the prepared record of an epoch is.</summary>
    public string PreparedPath(long epoch) => Path.Combine(_prepared, string.Create(CultureInfo.InvariantCulture, $"{_key}-{epoch:D10}.json"));

    /// <summary>
    /// Prepares an epoch. When another process has prepared the same one, its record stands and is returned: the caller's is void.
    /// </summary>
    public PreparedRecord Prepare(PreparedRecord record)
    {
        DurableFiles.CreateFolder(_prepared);
        var path = PreparedPath(record.Epoch);
        var mine = JsonSerializer.SerializeToUtf8Bytes(record, RuntimeJsonWriting.Default.PreparedRecord);
        if (Sabotage.PreparesNothing)
        {
            DurableFiles.Replace(path, mine);
            return record;
        }

        if (!Sabotage.IgnoresTokens) RefuseFormerOwner(record);
        return DurableFiles.PutIfAbsent(path, mine) ? record : ReadPrepared(path);
    }

    /// <summary>A later epoch that was prepared with a higher fencing token tells that others own the pipeline now, and went on long ago.</summary>
    private void RefuseFormerOwner(PreparedRecord record)
    {
        foreach (var path in Directory.EnumerateFiles(_prepared, $"{_key}-*.json"))
        {
            if (string.CompareOrdinal(path, PreparedPath(record.Epoch)) <= 0 || ReadPrepared(path) is not { } later || later.Fence <= record.Fence) continue;
            throw new DataMeshException($"Epoch {record.Epoch} of '{record.Pipeline}' is not prepared: another process has gone on to epoch {later.Epoch}.", new Location(path)) { MayPass = true };
        }
    }

    /// <summary>Deletes the prepared record of an epoch that all targets have committed.</summary>
    public void Forget(long epoch)
    {
        File.Delete(PreparedPath(epoch));
    }

    /// <summary>Writes a manifest and returns its file name.</summary>
    public string Write(Manifest manifest)
    {
        DurableFiles.CreateFolder(_manifests);
        var name = string.Create(CultureInfo.InvariantCulture, $"{_key}-{manifest.Epoch:D10}-{manifest.PreparedId}.json");
        DurableFiles.PutIfAbsent(Path.Combine(_manifests, name), JsonSerializer.SerializeToUtf8Bytes(manifest, RuntimeJsonWriting.Default.Manifest));
        return name;
    }

    /// <summary>
    /// Refuses a prepared epoch whose account is not all there: its rows would come without their bad records, or without what stages remember.
    /// </summary>
    public void Require(PreparedRecord record, string quarantine)
    {
        var manifest = ReadManifest(record.Manifest);
        var files = manifest.Quarantine.Select(part => Path.Combine(quarantine, part.File)).Concat(manifest.State.SelectMany(state => state.Files).Select(file => States.PathOf(file.File)));
        if (files.FirstOrDefault(file => !File.Exists(file)) is not { } missing) return;
        throw new DataMeshException(
            $"Epoch {record.Epoch} of '{record.Pipeline}' can not be committed: a file that it had prepared is gone.", new Location(missing),
            hint: "it was deleted from outside, or by a clean-up with a retention shorter than the epoch waited: delete the prepared record under _datamesh/prepared, and run with --rebuild");
    }

    /// <summary>The state of stages.</summary>
    internal StateFiles States { get; } = new(folder, appId);

    /// <summary>Writes an index of finished splits and returns its file name.</summary>
    public string Write(FinishedIndex index, string preparedId)
    {
        DurableFiles.CreateFolder(_manifests);
        var name = string.Create(CultureInfo.InvariantCulture, $"{_key}-{index.Epoch:D10}-{preparedId}.finished");
        DurableFiles.PutIfAbsent(Path.Combine(_manifests, name), JsonSerializer.SerializeToUtf8Bytes(index, RuntimeJsonWriting.Default.FinishedIndex));
        return name;
    }

    /// <summary>Reads an index of finished splits; null when it is not there or damaged, for the manifests say the same.</summary>
    public FinishedIndex? ReadIndex(string name)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(_manifests, name)), RuntimeJson.Default.FinishedIndex);
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Deletes the indices of epochs before the one that <paramref name="latest"/> belongs to.</summary>
    public void CleanIndices(string latest)
    {
        foreach (var path in Directory.EnumerateFiles(_manifests, $"{_key}-*.finished"))
            if (string.CompareOrdinal(Path.GetFileName(path)[..(_key.Length + 11)], latest[..(_key.Length + 11)]) < 0) File.Delete(path);
    }

    /// <summary>Reads a manifest.</summary>
    public Manifest ReadManifest(string name)
    {
        var path = Path.Combine(_manifests, name);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), RuntimeJson.Default.Manifest)!;
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            throw new DataMeshException(
                "The account of an earlier epoch can not be read, so that it is unknown which input is committed already.", new Location(path), error.Message,
                "restore the file, or run again with --rebuild to read everything anew", error);
        }
    }

    /// <summary>Every manifest from <paramref name="last"/> back to the first.</summary>
    public IEnumerable<Manifest> Chain(string? last)
    {
        while (last is not null)
        {
            var manifest = ReadManifest(last);
            yield return manifest;
            last = manifest.Previous;
        }
    }

    /// <summary>Reads a prepared record.</summary>
    public static PreparedRecord ReadPrepared(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), RuntimeJson.Default.PreparedRecord) is { AppId: not null, Manifest: not null, PreparedId: not null, Targets: not null } record
                ? record
                : throw new JsonException("Members are missing.");
        }
        catch (JsonException error)
        {
            throw new DataMeshException("A prepared record is damaged.", new Location(path), error.Message, "it was written whole and synced; check the disk", error);
        }
    }
}
