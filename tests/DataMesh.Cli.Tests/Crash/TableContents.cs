using DataMesh.Core.Columns;
using DataMesh.Formats.Delta;
using DataMesh.Formats.Parquet;
using DataMesh.Runtime.Commit;

namespace DataMesh.Cli.Tests.Crash;

/// <summary>What a table and its quarantine hold, as sorted texts: two runs that hold the same rows have equal contents, whatever their files.</summary>
internal sealed record TableContents(IReadOnlyList<string> Rows, IReadOnlyList<string> Quarantine)
{
    // What tells one run from another, and not one record from another.
    private static readonly string[] RunColumns = ["pipeline_version", "epoch", "at"];

    public static TableContents Read(string table)
    {
        var rows = DeltaTable.Exists(table) ? DeltaRows.Read(DeltaTable.Open(table)).SelectMany(Texts) : [];
        return new TableContents(Sorted(rows), Sorted(QuarantineParts(table).SelectMany(part => Records(Path.Combine(table, "_quarantine", part.File)))));
    }

    /// <summary>The parts that the manifests of committed epochs name; files that nobody names do not count.</summary>
    private static IEnumerable<QuarantinePart> QuarantineParts(string table)
    {
        // The account of a pipeline with several targets lies beside the first one.
        if (!DeltaTable.Exists(table) || !Directory.Exists(Path.Combine(table, "_datamesh", "manifests"))) return [];
        var snapshot = DeltaTable.Open(table);
        var parts = new List<QuarantinePart>();
        foreach (var appId in snapshot.Transactions.Keys)
        {
            if (EpochCommit.LastEpoch(snapshot, appId).Domain is not { } domain) continue;
            var position = System.Text.Json.JsonSerializer.Deserialize(domain, Runtime.RuntimeJson.Default.CommittedPosition)!;
            parts.AddRange(new Account(Path.Combine(table, "_datamesh"), appId).Chain(position.Manifest).SelectMany(manifest => manifest.Quarantine));
        }

        return parts;
    }

    private static IEnumerable<string> Records(string part)
    {
        using var file = ParquetFile.Open(part);
        var columns = Enumerable.Range(0, file.Schema.Count).Where(i => !RunColumns.Contains(file.Schema[i].Name)).ToList();
        for (var group = 0; group < file.RowGroupRows.Count; group++)
        {
            foreach (var batch in file.Read(group, columns, 0, file.RowGroupRows[group]))
                foreach (var text in Texts(batch)) yield return text;
        }
    }

    private static IEnumerable<string> Texts(RecordBatch batch)
    {
        using (batch) return JsonRows.Write(batch);
    }

    private static List<string> Sorted(IEnumerable<string> texts)
    {
        var sorted = texts.ToList();
        sorted.Sort(StringComparer.Ordinal);
        return sorted;
    }
}
