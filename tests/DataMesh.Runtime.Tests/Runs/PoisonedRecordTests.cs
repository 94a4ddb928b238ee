using System.Globalization;
using System.Text;
using System.Text.Json;
using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.Core.Components;
using DataMesh.Core.Pipelines;
using DataMesh.Formats.Text;
using DataMesh.Hosting.Embedded;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Tests.Runs;

/// <summary>Records that are known to end processes are set aside before anyone looks inside, in every format.</summary>
public sealed class PoisonedRecordTests : IDisposable
{
    private const int Rows = 60;

    private readonly RunFolder _folder = new();

    [Theory]
    [InlineData("in.csv")]
    [InlineData("in.ndjson")]
    [InlineData("in.json")]
    [InlineData("in.log")]
    [InlineData("lake/made/*.parquet")]
    public async Task They_are_set_aside_wherever_they_stand(string path)
    {
        await MakeAsync(path);
        var definition = _folder.Define($"pipeline: p\nsource: '{path}'\ndataset: {{ name: all, path: lake/all }}\n");
        var records = await RecordsAsync(definition);
        Assert.Equal(Rows, records.Count);
        int[] bad = [0, 7, 8, 30, Rows - 1];
        await RememberAsync(definition, [.. bad.Select(record => records[record])]);
        var result = await RunFolder.RunAsync(definition);
        Assert.Null(result.Error);
        Assert.Equal(bad.Length, Assert.Single(result.Quarantine, entry => entry.Key == QuarantineReasons.Poisoned).Value);
        var ids = _folder.Rows("all").Select(row => JsonSerializer.Deserialize<JsonElement>(row).GetProperty("id").GetInt64()).Order();
        Assert.Equal(Enumerable.Range(0, Rows).Except(bad).Select(row => (long)row), ids);
    }

    [Fact]
    public async Task Another_version_of_the_pipeline_file_reads_them_again()
    {
        await MakeAsync("in.csv");
        var definition = _folder.Define("pipeline: p\nsource: in.csv\ndataset: { name: all, path: lake/all }\n");
        await RememberAsync(definition, [.. (await RecordsAsync(definition)).Take(1)]);
        Assert.Empty((await _folder.RunAsync("pipeline: p\nsource: in.csv\ndataset: { name: all, path: lake/all } # mended\n")).Quarantine);
        Assert.Equal(Rows, _folder.Rows("all").Count);
    }

    public void Dispose() => _folder.Dispose();

    private async Task MakeAsync(string path)
    {
        var csv = new StringBuilder("id,note\n");
        var lines = new List<string>();
        for (var row = 0; row < Rows; row++)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{row},\"{new string('x', row % 9)}\n,\"\n");
            lines.Add(string.Create(CultureInfo.InvariantCulture, $$"""{"id": {{row}}, "note": "{{new string('x', row % 9)}}"}"""));
        }

        _folder.Write("in.csv", csv.ToString());
        _folder.Write("in.ndjson", string.Join('\n', lines));
        _folder.Write("in.json", $"{{ \"data\": [\n{string.Join(",\n  ", lines)} ] }}\n");
        _folder.Write("in.log", string.Join('\n', Enumerable.Range(0, Rows).Select(row => $"level=info id={row} note=\"{new string('x', row % 9)}\"")));
        if (path.EndsWith("parquet", StringComparison.Ordinal)) Assert.Null((await _folder.RunAsync("pipeline: made\nsource: in.csv\ndataset: { name: made, path: lake/made }\n")).Error);
    }

    /// <summary>Where each record stands.</summary>
    private static async Task<List<PoisonedRecord>> RecordsAsync(PipelineDefinition definition)
    {
        var (node, records) = (definition.Sources[0], new List<PoisonedRecord>());
        var context = new ComponentContext { BaseFolder = Path.GetDirectoryName(definition.File)!, Pipeline = definition.Name, BlockBytes = 1 };
        var plan = new DecodePlan((await node.Source.DescribeAsync(context, default)).Schema, Widening: false);
        await foreach (var split in node.Source.EnumerateAsync(context, default))
        {
            await using var reader = await node.Source.OpenAsync(split, split.Start, plan, context, default);
            while (await reader.ReadAsync(default) is { } block)
            {
                // What stands between the records of a document is no record.
                using (block)
                    if (block is not TextBlock { Length: 0 }) records.Add(new PoisonedRecord(node.Id, split.Id, split.Identity, block.Start, block.End, 5));
            }
        }

        return records;
    }

    /// <summary>As a pipeline that found them would.</summary>
    private async Task RememberAsync(PipelineDefinition definition, IReadOnlyList<PoisonedRecord> poisoned)
    {
        var run = new PipelineRun(definition, new RunOptions(), TimeProvider.System, default);
        var state = new PipelineMachine().Initial with { Phase = PipelinePhase.Running, RunId = "before", Version = run.Version, Sources = [definition.Sources[0].Id], Poisoned = poisoned, PoisonedAfter = 3 };
        Directory.CreateDirectory(Path.Combine(_folder.Root, ".datamesh"));
        using var store = new SqliteStore(Path.Combine(_folder.Root, ".datamesh", "state.db"), TimeProvider.System, keepsDatasets: false);
        Assert.NotNull(await store.States.WriteAsync(new GrainId(GrainKind.Pipeline, definition.Name), JsonSerializer.Serialize(state, RuntimeJson.Default.PipelineState), 0, 1, false, default));
    }
}
