using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Tests.Runs;

/// <summary>Whole runs that upsert: the last row of a key in source order counts, however the input is cut into epochs and runs.</summary>
public sealed class UpsertRunTests : IDisposable
{
    private const string Pipeline = """
        pipeline: p
        source: { type: file, path: in/*.csv, types: { id: int64, op: string, v: string } }
        dataset: { name: t, mode: upsert, key: [id], delete_when: op = 'D', leave_out: [op] }
        """;

    private readonly RunFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_last_row_of_a_key_counts_within_and_across_runs()
    {
        _folder.Write("in/a.csv", "id,op,v\n1,I,a\n2,I,b\n1,U,c\n3,I,d\n3,D,\n");
        var first = await _folder.RunAsync(Pipeline);
        Assert.True(first.Outcome == RunOutcome.Completed, first.Error?.Message);
        Assert.Equal(["""{"id":1,"v":"c"}""", """{"id":2,"v":"b"}"""], _folder.Rows("t").Order());
        Assert.Equal(2, first.Stages.Single(line => line.Id.EndsWith(".latest", StringComparison.Ordinal)).Deduplicated);

        _folder.Write("in/b.csv", "id,op,v\n2,D,\n1,U,e\n4,I,f\n5,D,\n");
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Pipeline)).Outcome);
        Assert.Equal(["""{"id":1,"v":"e"}""", """{"id":4,"v":"f"}"""], _folder.Rows("t").Order());
        Assert.Equal(RunOutcome.NothingNew, (await _folder.RunAsync(Pipeline)).Outcome);
    }

    [Fact]
    public async Task A_row_without_a_whole_key_goes_to_quarantine()
    {
        _folder.Write("in/a.csv", "id,op,v\n1,I,a\n,I,b\n,D,\n");
        var result = await _folder.RunAsync(Pipeline);
        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(2, result.Quarantine["rule_failed"]);
        Assert.Equal(["""{"id":1,"v":"a"}"""], _folder.Rows("t"));
    }

    [Fact]
    public async Task Epochs_may_end_anywhere()
    {
        var random = new Random(1);
        var model = new Dictionary<int, string>();
        _folder.Write("in/a.csv", "id,op,v\n0,I,x\n");
        await _folder.RunAsync(Pipeline);
        model[0] = "x";
        for (var file = 0; file < 3; file++)
        {
            var text = new System.Text.StringBuilder("id,op,v\n");
            for (var row = 0; row < 60_000; row++)
            {
                var (id, isDeletion) = (random.Next(5000), random.Next(10) == 0);
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{id},{(isDeletion ? 'D' : 'U')},{file}.{row}.{new string('x', 20)}\n");
                if (isDeletion) model.Remove(id);
                else model[id] = $"{file}.{row}.{new string('x', 20)}";
            }

            _folder.Write($"in/b{file}.csv", text.ToString());
        }

        var result = await _folder.RunAsync(Pipeline, new RunOptions { EpochBytes = 1 << 20 });

        Assert.True(result.Outcome == RunOutcome.Completed, result.Error?.Message);
        Assert.True(result.Epochs >= 3, $"{result.Epochs} epochs");
        Assert.Equal(model.Select(each => $$"""{"id":{{each.Key}},"v":"{{each.Value}}"}""").Order(StringComparer.Ordinal), _folder.Rows("t").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(FailAt.BeforeCommit)]
    [InlineData(FailAt.AfterCommit)]
    internal async Task A_prepared_epoch_is_merged_once(FailAt when)
    {
        _folder.Write("in/a.csv", "id,op,v\n1,I,a\n2,I,b\n");
        await _folder.RunAsync(Pipeline);
        _folder.Write("in/b.csv", "id,op,v\n2,D,\n1,U,c\n3,I,d\n");
        var definition = _folder.Define(Pipeline);
        var failing = definition with { Sinks = [.. definition.Sinks.Select(node => node with { Sink = new FailingSink(node.Sink, when) })] };
        Assert.Equal(RunOutcome.Failed, (await RunFolder.RunAsync(failing)).Outcome);

        _folder.ForgetState();
        await _folder.RunAsync(Pipeline);

        Assert.Equal(["""{"id":1,"v":"c"}""", """{"id":3,"v":"d"}"""], _folder.Rows("t").Order());
    }

    [Fact]
    public async Task A_key_that_does_not_come_is_explained()
    {
        _folder.Write("in/a.csv", "id,op,v\n1,I,a\n");
        var result = await _folder.RunAsync(Pipeline.Replace("key: [id]", "key: [idd]", StringComparison.Ordinal));
        Assert.Equal(RunOutcome.Failed, result.Outcome);
        Assert.Contains("key column 'idd'", result.Error!.Message, StringComparison.Ordinal);
    }
}
