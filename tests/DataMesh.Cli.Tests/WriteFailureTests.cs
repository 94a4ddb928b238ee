using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace DataMesh.Cli.Tests;

/// <summary>The disk refuses bytes while an epoch is staged. A limit on the size of files stands for a full disk: it needs no rights.</summary>
public sealed class WriteFailureTests
{
    private const int Rows = 40_000;

    [Fact]
    public void A_run_that_can_not_write_leaves_nothing_behind_and_the_next_one_commits_everything()
    {
        using var folder = new TemporaryFolder();
        folder.Write("p.yaml", "pipeline: full\nsource: data.csv\ndataset: { name: full, path: lake/full }\n");
        var random = new Random(1);
        folder.Write("data.csv", "id,text\n" + string.Concat(Enumerable.Range(0, Rows).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"{i},{Convert.ToHexString(SHA256.HashData(BitConverter.GetBytes(random.NextInt64())))}\n"))));

        Assert.Equal(1, RunWithSmallFiles(folder.Root));

        Assert.Empty(Directory.GetFiles(Path.Combine(folder.Root, "lake"), "*", SearchOption.AllDirectories));
        Assert.Equal(0, DatameshProcess.Run(folder.Root, "run", "p.yaml").ExitCode);
        Assert.Equal(Rows, DatameshProcess.Run(folder.Root, "dataset", "show", "lake/full", "--rows", "0", "--json").Json.GetProperty("rows").GetInt64());
    }

    /// <summary>Runs with files of at most 512 KiB; the signal that goes with the limit is ignored, so that writing fails with an error.</summary>
    private static int RunWithSmallFiles(string folder)
    {
        var start = new ProcessStartInfo("bash") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("trap '' XFSZ; ulimit -f 512; exec dotnet \"$0\" run p.yaml");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "datamesh.dll"));
        // The runtime maps its code through a file in memory, which the limit would count too.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Contains("nothing of this run was committed", output.Result + errors, StringComparison.Ordinal);
        Assert.Contains("The file would be larger than is allowed here.\n  hint: raise the limit (ulimit -f)", errors, StringComparison.Ordinal);
        return process.ExitCode;
    }
}
