using DataMesh.Formats.Delta;
using DataMesh.Runtime.Audit;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Tests.Runs;

/// <summary>The machine's clock is set, back or far ahead, between runs and during them.</summary>
public sealed class ClockTests : IDisposable
{
    private const string Pipeline = "pipeline: p\nsource: { type: file, path: in/*.csv }\ndataset: t\n";
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly RunFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(-3600, 3600, true)]
    [InlineData(0, 3600, true)]
    [InlineData(3600, 0, false)]
    public async Task An_epoch_is_due_by_the_time_that_passed_whatever_the_time_of_day_does(int dayStep, int passedStep, bool isDue)
    {
        WriteThree();
        var clock = new WanderingClock(Start, TimeSpan.FromSeconds(dayStep), TimeSpan.FromSeconds(passedStep));
        var result = await _folder.RunAsync(Pipeline, new RunOptions { EpochTime = TimeSpan.FromMinutes(30), Cores = 1 }, clock: clock);
        Assert.True(result.Outcome == RunOutcome.Completed, result.Error?.Message);
        Assert.Equal(isDue, result.Epochs > 1);
        Assert.Equal(3, _folder.Rows("t").Count);
    }

    [Fact]
    public async Task A_clock_that_goes_back_loses_and_doubles_nothing_and_vacuum_deletes_no_live_file()
    {
        WriteThree();
        var back = new WanderingClock(Start, TimeSpan.FromHours(-1), TimeSpan.FromSeconds(1));
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Pipeline, new RunOptions { EpochBytes = 1 }, clock: back)).Outcome);
        _folder.Write("in/d.csv", "n\n4\n");
        var farBack = new WanderingClock(Start.AddYears(-20), TimeSpan.FromHours(-1), TimeSpan.FromSeconds(1));
        Assert.Equal(RunOutcome.Completed, (await _folder.RunAsync(Pipeline, clock: farBack)).Outcome);
        Assert.Equal(RunOutcome.NothingNew, (await _folder.RunAsync(Pipeline)).Outcome);
        Assert.Equal(["""{"n":1}""", """{"n":2}""", """{"n":3}""", """{"n":4}"""], _folder.Rows("t").Order());

        var table = Path.Combine(_folder.Root, "lake", "t");
        var future = new WanderingClock(Start.AddYears(100), TimeSpan.Zero, TimeSpan.Zero);
        foreach (var clock in (TimeProvider[])[farBack, TimeProvider.System, future]) Assert.Empty(DeltaVacuum.Run(table, new VacuumOptions(), clock).Files);
        Assert.Equal(4, _folder.Rows("t").Count);
        Assert.True((await LedgerAudit.RunAsync(_folder.Define(Pipeline), recount: true, default)).Closes);
    }

    private void WriteThree()
    {
        foreach (var (name, value) in (ReadOnlySpan<(string, int)>)[("a", 1), ("b", 2), ("c", 3)]) _folder.Write($"in/{name}.csv", $"n\n{value}\n");
    }
}
