using System.Text;
using DataMesh.Core.Components;
using DataMesh.Runtime.Quarantine;
using DataMesh.Runtime.Runs;
using DataMesh.Runtime.Tests.Quarantine;

namespace DataMesh.Runtime.Tests.Runs;

/// <summary>Files that ended inside a record when they were read, and are completed later.</summary>
public sealed class CutOffRecordTests : IDisposable
{
    private const string Csv = "pipeline: p\nsource: { type: file, path: in/*.csv }\ndataset: t\n";
    private const string Json = "pipeline: p\nsource: { type: file, path: in/*.ndjson }\ndataset: t\n";

    private readonly RunFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("n,x,y\n1,a,b\n2,c", "n,x,y\n1,a,b\n2,c,d\n3,e,f\n")]
    [InlineData("n,x,y\n1,a,b\n2,\"c", "n,x,y\n1,a,b\n2,\"c\",d\n3,e,f\n")]
    [InlineData("n,x,y\r\n1,a,b\r\n2,c", "n,x,y\r\n1,a,b\r\n2,c,d\r\n3,e,f")]
    public async Task A_cut_off_record_that_waits_in_quarantine_is_read_again_once_its_file_is_complete(string before, string after)
    {
        _folder.Write("in/a.csv", before);
        await CompletesAsync(Csv);
        Assert.Single(_folder.Rows("t"));
        _folder.Write("in/a.csv", after);
        await CompletesAsync(Csv);
        Assert.Equal(["""{"n":1,"x":"a","y":"b"}""", """{"n":2,"x":"c","y":"d"}""", """{"n":3,"x":"e","y":"f"}"""], _folder.Rows("t").Order());
        var definition = _folder.Define(Csv);
        Assert.Empty(await _folder.RecordsAsync(definition));
        Assert.Equal(RecordState.Replayed, Assert.Single(await _folder.RecordsAsync(definition, QuarantineFolder.All)).State);
        Assert.Equal(0, (await QuarantineFolder.ClosedAsync(definition)).Waiting);
        Assert.Equal(RunOutcome.NothingNew, (await _folder.RunAsync(Csv)).Outcome);
    }

    [Fact]
    public async Task A_cut_off_JSON_record_is_read_again_and_may_be_cut_off_once_more()
    {
        _folder.Write("in/a.ndjson", "{\"n\":1}\n{\"n\":2,");
        await CompletesAsync(Json);
        _folder.Write("in/a.ndjson", "{\"n\":1}\n{\"n\":2,\"x\":");
        await CompletesAsync(Json);
        Assert.Single(await _folder.RecordsAsync(_folder.Define(Json)));
        _folder.Write("in/a.ndjson", "{\"n\":1}\n{\"n\":2,\"x\":true}\n{\"n\":3}\n");
        await CompletesAsync(Json);
        Assert.Equal([1L, 2L, 3L], _folder.Rows("t").Select(NumberOf).Order());
        Assert.Equal(0, (await QuarantineFolder.ClosedAsync(_folder.Define(Json))).Waiting);
    }

    [Fact]
    public async Task A_quote_that_was_open_over_several_lines_is_read_again_from_its_record_on()
    {
        _folder.Write("in/a.csv", "n,x,y\n1,a,b\n2,\"two\nlines");
        await CompletesAsync(Csv);
        Assert.Single(_folder.Rows("t"));
        _folder.Write("in/a.csv", "n,x,y\n1,a,b\n2,\"two\nlines\",z\n3,e,f\n");
        await CompletesAsync(Csv);
        Assert.Equal(["""{"n":1,"x":"a","y":"b"}""", """{"n":2,"x":"two\nlines","y":"z"}""", """{"n":3,"x":"e","y":"f"}"""], _folder.Rows("t").Order());
        Assert.Equal(0, (await QuarantineFolder.ClosedAsync(_folder.Define(Csv))).Waiting);
    }

    [Theory]
    [InlineData("n,x\n1,one\n2,two", "n,x\n1,one\n2,two\n3,three\n")]
    [InlineData("n,x\r\n1,one\r\n2,two", "n,x\r\n1,one\r\n2,two\r\n3,three\r\n")]
    public async Task Where_only_the_line_end_was_missing_reading_goes_on_behind_it(string before, string after)
    {
        _folder.Write("in/a.csv", before);
        await CompletesAsync(Csv);
        _folder.Write("in/a.csv", after);
        var result = await CompletesAsync(Csv);
        Assert.Empty(result.Messages);
        Assert.Equal(["""{"n":1,"x":"one"}""", """{"n":2,"x":"two"}""", """{"n":3,"x":"three"}"""], _folder.Rows("t").Order());
        await QuarantineFolder.ClosedAsync(_folder.Define(Csv));
    }

    [Fact]
    public async Task A_record_of_which_the_beginning_was_taken_in_is_set_aside_whole_and_told()
    {
        _folder.Write("in/a.csv", "n\n1\n22");
        await CompletesAsync(Csv);
        _folder.Write("in/a.csv", "n\n1\n223\n4\n");
        Assert.Contains((await CompletesAsync(Csv)).Messages, message => message.Contains("ended inside its last record", StringComparison.Ordinal));
        Assert.Equal(["""{"n":1}""", """{"n":22}""", """{"n":4}"""], _folder.Rows("t").Order());
        var definition = _folder.Define(Csv);
        var record = Assert.Single(await _folder.RecordsAsync(definition));
        Assert.Equal((QuarantineReasons.CutOff, "223", 3L), (record.Reason, Encoding.UTF8.GetString(record.Record), record.Line));
        await QuarantineFolder.ClosedAsync(definition);
        await QuarantineFolder.ReplayAsync(definition);
        Assert.Contains("""{"n":223}""", _folder.Rows("t"));
    }

    [Fact]
    public async Task What_was_discarded_comes_back_with_its_whole_record_and_what_was_replayed_does_not()
    {
        _folder.Write("in/a.csv", "n,x\n1,a\n2");
        await CompletesAsync(Csv);
        await QuarantineFolder.SettleAsync(_folder.Define(Csv), isReplay: false);
        _folder.Write("in/a.csv", "n,x\n1,a\n2,b\n3");
        await CompletesAsync(Csv);
        Assert.Equal(["""{"n":1,"x":"a"}""", """{"n":2,"x":"b"}"""], _folder.Rows("t").Order());
        await QuarantineFolder.ClosedAsync(_folder.Define(Csv));
    }

    [Fact]
    public async Task The_completed_file_is_read_exactly_once_in_small_epochs_and_by_several_tasks()
    {
        var lines = Enumerable.Range(0, 200_000).Select(i => $"{i},{i}\n");
        _folder.Write("in/a.csv", "n,x\n" + string.Concat(lines) + "200000");
        _folder.Write("in/b.csv", "n,x\n-1,-1\n");
        var small = new RunOptions { EpochBytes = 1 << 20, Parallelism = 2 };
        await CompletesAsync(Csv, small);
        _folder.Write("in/a.csv", "n,x\n" + string.Concat(lines) + "200000,200000\n" + string.Concat(Enumerable.Range(200_001, 199_999).Select(i => $"{i},{i}\n")));
        _folder.Write("in/b.csv", "n,x\n-1,-1\n-2,-2\n");
        await CompletesAsync(Csv, small);
        Assert.Equal(400_002, _folder.Rows("t").Distinct().Count());
        Assert.Equal(400_002, _folder.Rows("t").Count);
        Assert.Equal(0, (await QuarantineFolder.ClosedAsync(_folder.Define(Csv))).Waiting);
    }

    private async Task<RunResult> CompletesAsync(string yaml, RunOptions? options = null)
    {
        var result = await _folder.RunAsync(yaml, options);
        Assert.True(result.Outcome == RunOutcome.Completed, result.Error?.Message ?? result.Outcome.ToString());
        return result;
    }

    private static long NumberOf(string row) => System.Text.Json.JsonDocument.Parse(row).RootElement.GetProperty("n").GetInt64();
}
