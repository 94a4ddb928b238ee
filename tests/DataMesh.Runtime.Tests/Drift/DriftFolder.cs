using DataMesh.Core.Drift;
using DataMesh.Runtime.Audit;
using DataMesh.Runtime.Drift;
using DataMesh.Runtime.Runs;
using DataMesh.Runtime.Tests.Groups;
using DataMesh.Runtime.Tests.Runs;

namespace DataMesh.Runtime.Tests.Drift;

/// <summary>A folder of files whose structure changes, one pipeline over it, and what its manifests tell.</summary>
internal sealed class DriftFolder : IDisposable
{
    private readonly RunFolder _folder = new();

    public string Drift { get; set; } = "evolve";

    public string Stages { get; set; } = "";

    public string Source { get; set; } = "";

    public string Sink { get; set; } = "dataset: { name: t }";

    public string Types { get; set; } = "{}";

    public string Yaml => string.Join("\n", "pipeline: p", $"source: {{ type: file, path: in, types: {Types}{(Source.Length > 0 ? ", " + Source : "")} }}", $"drift: {Drift}", Stages, Sink);

    public DriftFolder Add(string file, params string[] lines)
    {
        _folder.Write("in/" + file, string.Join("\n", lines) + "\n");
        return this;
    }

    public DriftFolder AddText(string file, string text)
    {
        _folder.Write("in/" + file, text);
        return this;
    }

    public string PathOf(string file) => Path.Combine(_folder.Root, "in", file);

    public async Task<RunResult> RunAsync(RunOptions? options = null)
    {
        var result = await _folder.RunAsync(Yaml, options);
        Assert.All(result.Stages, stage => Assert.True(stage.Closes, stage.ToString()));
        return result;
    }

    public async Task<RunResult> DoneAsync(RunOptions? options = null)
    {
        var result = await RunAsync(options);
        Assert.True(result.Outcome == RunOutcome.Completed, result.Error?.ToString() ?? result.Outcome.ToString());
        var ledger = await LedgerAudit.RunAsync(_folder.Define(Yaml), recount: true, default);
        Assert.True(ledger.Closes, string.Join("; ", ledger.Epochs.SelectMany(epoch => epoch.Findings).Select(finding => $"{finding.Check}: {finding.What}")));
        return result;
    }

    /// <summary>A run that is stopped as soon as it has opened a file: it commits a small epoch.</summary>
    public async Task StoppedAsync()
    {
        using var stop = new CancellationTokenSource();
        var definition = _folder.Define(Yaml);
        definition = definition with { Sources = [.. definition.Sources.Select(node => node with { Source = new StopsAfterOpening(node.Source, 1, stop) })] };
        await RunFolder.RunAsync(definition, new RunOptions { EpochBytes = 1 }, stop.Token);
    }

    public async Task<IReadOnlyList<DriftEvent>> EventsAsync() =>
        [.. (await DriftHistory.ReadAsync(_folder.Define(Yaml), TimeProvider.System, default)).Select(each => each.Event)];

    /// <summary>Events as short text: kind, column, before, after, file and line, decision.</summary>
    public async Task<IReadOnlyList<string>> ToldAsync() =>
        [.. (await EventsAsync()).Select(each => $"{each.Kind} {each.Column}: {each.Before} > {each.After} @ {each.Split}:{each.Line} {each.Decision}")];

    public IReadOnlyList<string> Rows() => [.. _folder.Rows("t").Order(StringComparer.Ordinal)];

    public Formats.Delta.DeltaSnapshot Table => _folder.Table("t");

    public Core.Columns.Schema Schema => _folder.Table("t").Schema;

    public IReadOnlyList<(string Reason, string? Rule, string Record)> Bad()
    {
        var bad = new List<(string, string?, string)>();
        var folder = Path.Combine(_folder.Root, "lake", "t", "_quarantine");
        if (!Directory.Exists(folder)) return bad;
        foreach (var file in Directory.EnumerateFiles(folder, "*.parquet").OrderBy(File.GetCreationTimeUtc))
        {
            using var parquet = Formats.Parquet.ParquetFile.Open(file);
            for (var group = 0; group < parquet.RowGroupRows.Count; group++)
            {
                foreach (var batch in parquet.Read(group))
                {
                    using (batch)
                    {
                        for (var row = 0; row < batch.Length; row++)
                            bad.Add((Text(batch["reason"], row)!, Text(batch["rule"], row), System.Text.Encoding.UTF8.GetString(((Core.Columns.VarColumn)batch["record"])[row])));
                    }
                }
            }
        }

        return bad;
    }

    public void Dispose() => _folder.Dispose();

    private static string? Text(Core.Columns.Column column, int row) => column.IsNull(row) ? null : Core.Columns.ValueText.Format(column, row);
}
