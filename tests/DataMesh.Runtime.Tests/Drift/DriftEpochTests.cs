using System.Globalization;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Tests.Drift;

/// <summary>What is told does not depend on where epochs end, on how many files are looked at ahead, or on how often a run was stopped.</summary>
public sealed class DriftEpochTests
{
    private const int Rows = 4000;

    [Theory]
    [InlineData("evolve")]
    [InlineData("ignore")]
    [InlineData("quarantine")]
    [InlineData("{ overrides: { type_changed: new_column } }")]
    public async Task One_epoch_or_many_tell_the_same_and_keep_the_same_rows(string policy)
    {
        using var whole = new DriftFolder { Drift = policy };
        using var many = new DriftFolder { Drift = policy };
        foreach (var folder in new[] { whole, many })
        {
            Fill(folder, 1, "a,b", i => $"{i},x");
            Fill(folder, 2, "a,b,c", i => $"{i},x,{i}");
            Fill(folder, 3, "a,b_new,c", i => i == Rows - 1 ? $"none,y,{i}" : $"{i},y,{i}");
            Fill(folder, 4, "b_new,a,c", i => i == Rows / 2 ? $",{i},{i}" : $"z,{i},{i}");
            Fill(folder, 5, "a,b,c", i => $"{i},w,{i}");
        }

        await whole.DoneAsync();
        var result = await many.DoneAsync(new RunOptions { EpochBytes = 1 });
        Assert.True(result.Epochs > 3, $"{result.Epochs} epochs");
        Assert.Equal(await whole.ToldAsync(), await many.ToldAsync());
        Assert.Equal(whole.Rows(), many.Rows());
        Assert.Equal(whole.Bad().Order(), many.Bad().Order());
    }

    [Theory]
    [InlineData("evolve")]
    [InlineData("ignore")]
    [InlineData("quarantine")]
    public async Task Files_one_by_one_in_runs_of_their_own_tell_the_same(string policy)
    {
        using var folder = new DriftFolder { Drift = $"{{ overrides: {{ column_added: {policy} }} }}" };
        foreach (var (file, text) in new[] { ("1.csv", "a,b\n1,x\n"), ("2.csv", "a,b,c\n2,x,5\n"), ("3.csv", "a,b,c\n3,x,5\n4,x,9\n"), ("4.csv", "a,b\n5,x\n"), ("5.csv", "a,b,c\n6,x,7\n") })
        {
            folder.AddText(file, text);
            await folder.DoneAsync();
        }

        var told = await folder.EventsAsync();
        Assert.Equal(["in/2.csv", "in/4.csv", "in/5.csv"], told.Select(each => each.Split));
        Assert.Equal(6, folder.Rows().Count + folder.Bad().Count);
    }

    [Theory]
    [InlineData(true, "evolve")]
    [InlineData(false, "evolve")]
    [InlineData(true, "ignore")]
    [InlineData(false, "ignore")]
    [InlineData(true, "quarantine")]
    [InlineData(false, "quarantine")]
    public async Task A_change_in_a_file_that_was_not_looked_at_ahead_is_met_all_the_same(bool creates, string policy)
    {
        using var folder = new DriftFolder { Drift = policy };
        folder.Add("000.csv", "a,b", "0,x");
        if (!creates) await folder.DoneAsync();
        for (var i = 1; i <= 80; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{i:D3}.csv");
            if (i <= 75) folder.Add(name, "a,b", $"{i},x");
            else folder.Add(name, "a,b,late", i == 78 ? "text,x,5" : $"{i},x,5");
        }

        var result = await folder.DoneAsync();
        var told = await folder.ToldAsync();
        Assert.Equal($"ColumnAdded late:  > int64 @ in/076.csv:1 {Naming(policy)}", told[0]);
        Assert.Contains(told, each => each.StartsWith("TypeChanged a: int64 > string @ in/078.csv:2", StringComparison.Ordinal));
        Assert.Equal(81, folder.Rows().Count + folder.Bad().Count);
        Assert.Equal(policy == "quarantine" ? 5 : policy == "evolve" && !creates ? 1 : 0, folder.Bad().Count);
        Assert.Equal(policy == "evolve", folder.Schema.Names.Contains("late"));
        Assert.Equal(told.Count, result.DriftEvents);
    }

    [Theory]
    [InlineData("evolve", false)]
    [InlineData("evolve", true)]
    [InlineData("ignore", false)]
    [InlineData("{ overrides: { type_changed: new_column, column_added: quarantine } }", false)]
    public async Task A_file_that_shows_the_same_in_every_epoch_tells_it_once(string policy, bool json)
    {
        using var whole = new DriftFolder { Drift = policy };
        using var many = new DriftFolder { Drift = policy };
        using var runs = new DriftFolder { Drift = policy };
        foreach (var folder in new[] { whole, many, runs })
        {
            folder.AddText(json ? "0.ndjson" : "0.csv", json ? "{\"a\":0,\"b\":1}\n" : "a,b\n0,1\n");
            await folder.DoneAsync();
            folder.AddText(json ? "1.ndjson" : "1.csv", json ? Again(i => $"{{\"a\":{i},\"b\":{i}}}", i => $"{{\"a\":{i},\"b\":null,\"late\":1}}", i => $"{{\"a\":{i},\"b\":\"text\"}}") : "a,b\n" + Again(i => $"{i},{i}", i => $"{i},", i => $"{i},text"));
        }

        await whole.DoneAsync();
        var result = await many.DoneAsync(new RunOptions { EpochBytes = 1 });
        Assert.True(result.Epochs > 2, $"{result.Epochs} epochs");
        Assert.Equal(await whole.ToldAsync(), await many.ToldAsync());
        Assert.Equal(whole.Rows(), many.Rows());
        for (var i = 0; i < 3; i++) await runs.StoppedAsync();
        await runs.DoneAsync();
        Assert.Equal(await whole.ToldAsync(), await runs.ToldAsync());
        Assert.Equal(whole.Rows(), runs.Rows());
    }

    private static string Again(Func<int, string> good, Func<int, string> none, Func<int, string> text) =>
        string.Concat(Enumerable.Range(0, 150_000).Select(i => (i % 1000 == 7 ? none(i) : i % 1000 == 9 ? text(i) : good(i)) + "\n"));

    private static string Naming(string policy) => string.Concat(policy[..1].ToUpperInvariant(), policy[1..]);

    private static void Fill(DriftFolder folder, int number, string header, Func<int, string> row) =>
        folder.Add($"{number}.csv", [header, .. Enumerable.Range(0, Rows).Select(row)]);
}
