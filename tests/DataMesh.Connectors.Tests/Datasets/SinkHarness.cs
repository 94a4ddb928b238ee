using DataMesh.Connectors.Datasets;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Connectors.Tests.Datasets;

/// <summary>Drives a dataset sink as the runtime does: writer, encoders, stage, commit.</summary>
public sealed class SinkHarness : IDisposable
{
    private readonly Dictionary<string, long> _epochs = [];

    public SinkHarness() => Directory.CreateDirectory(Folder);

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "dataset-test-" + Guid.NewGuid().ToString("N"));

    public ComponentContext Context => new() { BaseFolder = Folder };

    public string Table(string name = "t") => Path.Combine(Folder, "lake", name);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Writes each list of batches by one Encode call and commits all as one epoch; returns what was staged.</summary>
    public async Task<StagedOutput> WriteAsync(DatasetSink sink, IReadOnlyList<IReadOnlyList<RecordBatch>> units, Schema? schema = null, string app = "app/0", bool replace = false)
    {
        var output = await StageAsync(sink, units, schema, replace);
        var epoch = _epochs[app] = _epochs.GetValueOrDefault(app, -1) + 1;
        await sink.CommitAsync(new SinkCommit(app, epoch, $"{app}:{epoch}", $"datamesh.{app}", "{}", output, 1_700_000_000_000 + epoch, replace), Context, CancellationToken.None);
        return output;
    }

    public async Task<StagedOutput> StageAsync(DatasetSink sink, IReadOnlyList<IReadOnlyList<RecordBatch>> units, Schema? schema = null, bool replace = false)
    {
        schema ??= units[0][0].Schema;
        await using var writer = await (replace ? sink.OpenReplacingWriterAsync(schema, Context, CancellationToken.None) : sink.OpenWriterAsync(schema, Context, CancellationToken.None));
        var encoder = writer.CreateEncoder();
        foreach (var unit in units)
        {
            using var rows = encoder.Encode(unit);
            await writer.AppendAsync(rows, CancellationToken.None);
        }

        return await writer.StageAsync(CancellationToken.None);
    }

    /// <summary>A batch of boxed values; columns are given as (name, type, values).</summary>
    public static RecordBatch Batch(params (string Name, DataType Type, object?[] Values)[] columns) => new(
        new Schema(columns.Select(column => new Field(column.Name, column.Type))), [.. columns.Select(column => Column(column.Type, column.Values))], columns[0].Values.Length);

    private static Column Column(DataType type, object?[] values)
    {
        var builder = new ColumnBuilder(type);
        foreach (var value in values) builder.AppendObject(value);
        return builder.Build();
    }
}
