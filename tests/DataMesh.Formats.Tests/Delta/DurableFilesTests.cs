using System.Diagnostics;
using System.Globalization;
using System.Text;
using DataMesh.Core.Errors;
using DataMesh.Core.Storage;

namespace DataMesh.Formats.Tests.Delta;

/// <summary>What storage must do to hold a dataset; every other storage has to pass the same.</summary>
public sealed class DurableFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("durable-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Of_several_processes_exactly_one_wins_each_number()
    {
        const int processes = 4;
        const int numbers = 200;
        var racers = Enumerable.Range(0, processes).Select(_ => Start(numbers)).ToList();
        try
        {
            foreach (var racer in racers) Assert.Equal("ready", await racer.StandardOutput.ReadLineAsync());
            foreach (var racer in racers) racer.StandardInput.Close();
            var winners = new Dictionary<int, int>();
            foreach (var racer in racers)
            {
                foreach (var line in (await racer.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                    Assert.True(winners.TryAdd(int.Parse(line, CultureInfo.InvariantCulture), racer.Id), $"number {line} was won twice");
                await racer.WaitForExitAsync();
                Assert.Equal(0, racer.ExitCode);
            }

            Assert.Equal(Enumerable.Range(0, numbers), winners.Keys.Order());
            foreach (var (number, winner) in winners)
                Assert.Equal($"process {winner} number {number}\n", await File.ReadAllTextAsync(Path.Combine(_folder, number.ToString("D20", CultureInfo.InvariantCulture))));
            Assert.Empty(Directory.GetFiles(_folder, DurableFiles.TemporaryPrefix + "*"));
        }
        finally
        {
            foreach (var racer in racers) racer.Dispose();
        }
    }

    [Fact]
    public void The_second_one_is_told_and_the_first_ones_content_stays()
    {
        var path = Path.Combine(_folder, "a");
        Assert.True(DurableFiles.PutIfAbsent(path, "one"u8));
        Assert.False(DurableFiles.PutIfAbsent(path, "two"u8));
        Assert.Equal("one", File.ReadAllText(path));
    }

    [Fact]
    public void Who_repeats_its_own_put_is_told_that_it_won()
    {
        var path = Path.Combine(_folder, "a");
        Assert.True(DurableFiles.PutIfAbsent(path, "one"u8));
        Assert.True(DurableFiles.PutIfAbsent(path, "one"u8));
    }

    [Fact]
    public void Replacing_takes_the_new_content()
    {
        var path = Path.Combine(_folder, "hint");
        DurableFiles.Replace(path, "one"u8);
        DurableFiles.Replace(path, "two"u8);
        Assert.Equal("two", File.ReadAllText(path, Encoding.UTF8));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error() =>
        Assert.True(Record.Exception(() => DurableFiles.PutIfAbsent(Path.Combine(_folder, "no", "a"), "x"u8)) is IOException or DataMeshException);

    private Process Start(int numbers)
    {
        var assembly = typeof(RaceProgram).Assembly.Location;
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var arg in (string[])["exec", "--runtimeconfig", Path.ChangeExtension(assembly, ".runtimeconfig.json"), "--depsfile", Path.ChangeExtension(assembly, ".deps.json"), assembly, "race", _folder, numbers.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(arg);
        return Process.Start(start)!;
    }
}
