using DataMesh.Core.Errors;
using DataMesh.Formats.Delta;
using DataMesh.Formats.Parquet;
using DataMesh.Runtime.Commit;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Audit;

/// <summary>
/// Checks the rows that epochs wrote: the account against the sink's line, against the footers of the files that are still there, and against the log
/// entry that committed them, as far as the log still has it. A file that was replaced since (compaction, upsert, overwrite) and deleted is no mistake.
/// </summary>
internal sealed class OutputFiles
{
    private readonly Dictionary<string, Table> _tables = [];

    public OutputFiles(PipelineRun run, CommittedChain chain)
    {
        for (var i = 0; i < run.Definition.Sinks.Count; i++)
        {
            var node = run.Definition.Sinks[i];
            var path = node.Sink.TargetPath(run.Context);
            if (!DeltaTable.Exists(path)) continue;
            var snapshot = DeltaTable.Open(path);
            _tables[node.Id] = new Table(
                path, LoggedEpoch.Read(path, run.AppId), snapshot.Files.ToDictionary(file => DeltaPath.Decode(file.Path), StringComparer.Ordinal), chain.Targets[i].Epoch);
        }
    }

    /// <summary>Footers read.</summary>
    public int Checked { get; private set; }

    /// <summary>Log entries compared.</summary>
    public int LogEntriesChecked { get; private set; }

    public void Check(Manifest manifest, EpochAudit epoch)
    {
        foreach (var (id, table) in _tables)
        {
            var output = manifest.Outputs?.FirstOrDefault(each => each.Sink == id);
            var line = manifest.Ledger.FirstOrDefault(each => each.Id == id);
            table.Entries.TryGetValue(manifest.Epoch, out var entry);
            var files = output?.Files ?? entry?.Added.Select(file => new OutputFile(file.Path, file.Rows ?? 0, file.Bytes ?? 0)).ToList();
            if (files is null)
            {
                epoch.Notes.Add($"'{id}': neither the account nor the log names this epoch's files any more");
                continue;
            }

            if (line is not null && files.Sum(file => file.Rows) is var rows && rows != line.Out)
                epoch.Fail("files", $"'{id}' wrote {line.Out} rows, its {files.Count} files hold {rows}");
            CheckFooters(id, table, files, epoch);
            if (output is not null) CheckLog(id, table, output, entry, manifest, epoch);
        }

        foreach (var output in manifest.Outputs ?? [])
        {
            if (_tables.ContainsKey(output.Sink)) continue;
            if (output.Files.Count > 0) epoch.Notes.Add($"'{output.Sink}' is no table: its rows are known from the account only");
            if (manifest.Ledger.FirstOrDefault(each => each.Id == output.Sink) is { } line && output.Files.Sum(file => file.Rows) is var rows && rows != line.Out)
                epoch.Fail("files", $"'{output.Sink}' wrote {line.Out} rows, its staged files held {rows}");
        }
    }

    private void CheckFooters(string id, Table table, IReadOnlyList<OutputFile> files, EpochAudit epoch)
    {
        var gone = 0;
        foreach (var file in files.Where(file => !DeletionFiles.Is(file.Path)))
        {
            var path = Path.Combine(table.Path, file.Path);
            var isLive = table.Live.TryGetValue(file.Path, out var live);
            if (isLive && live!.Size != file.Bytes) epoch.Fail("files", $"'{id}': the table says {live.Size} bytes of '{file.Path}', the account {file.Bytes}");
            if (!File.Exists(path))
            {
                if (isLive) epoch.Fail("files", $"'{id}': '{file.Path}' belongs to the table and is missing");
                else gone++;
                continue;
            }

            Checked++;
            if (Footer(path) is var (rows, fault) && fault is not null) epoch.Fail("files", $"'{id}': '{file.Path}': {fault}");
            else if (rows != file.Rows) epoch.Fail("files", $"'{id}': the footer of '{file.Path}' says {rows} rows, the account {file.Rows}");
        }

        if (gone > 0) epoch.Notes.Add($"'{id}': {gone} of {files.Count} files were replaced since and deleted: their rows are known from the account only");
    }

    private void CheckLog(string id, Table table, SinkOutput output, LoggedEpoch? entry, Manifest manifest, EpochAudit epoch)
    {
        if (entry is null)
        {
            if (manifest.Epoch > table.LastEpoch) epoch.Fail("log", $"'{id}' has not committed the epoch");
            else epoch.Notes.Add($"'{id}': the log entry of this epoch was cleaned up");
            return;
        }

        LogEntriesChecked++;
        if (entry.PreparedId is { } logged && logged != manifest.PreparedId)
            epoch.Fail("log", $"'{id}': version {entry.Version} was committed from the prepared record {logged}, the account is of {manifest.PreparedId}");
        var added = entry.Added.ToDictionary(file => file.Path, StringComparer.Ordinal);
        foreach (var file in output.Files.Where(file => !DeletionFiles.Is(file.Path)))
        {
            if (!added.Remove(file.Path, out var add)) epoch.Fail("log", $"'{id}': version {entry.Version} does not add '{file.Path}'");
            else if ((add.Bytes is { } bytes && bytes != file.Bytes) || (add.Rows is { } rows && rows != file.Rows))
                epoch.Fail("log", $"'{id}': version {entry.Version} adds '{file.Path}' with {add.Rows} rows and {add.Bytes} bytes, the account says {file.Rows} and {file.Bytes}");
        }

        foreach (var path in added.Keys.Take(3)) epoch.Fail("log", $"'{id}': version {entry.Version} adds '{path}', which the account does not know");
    }

    /// <summary>Rows as the footer of a Parquet file says, or why it can not be read.</summary>
    public static (long Rows, string? Fault) Footer(string path)
    {
        try
        {
            using var file = ParquetFile.Open(path);
            return (file.Rows, null);
        }
        catch (Exception error) when (error is DataMeshException or IOException or UnauthorizedAccessException)
        {
            return (0, error is DataMeshException { Detail: { } detail } known ? $"{known.Message} {detail}" : error.Message);
        }
    }

    private sealed record Table(string Path, IReadOnlyDictionary<long, LoggedEpoch> Entries, Dictionary<string, AddFile> Live, long LastEpoch);
}
