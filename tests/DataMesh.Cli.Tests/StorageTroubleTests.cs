using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using DataMesh.Tests;
using Xunit.Abstractions;

namespace DataMesh.Cli.Tests;

/// <summary>Real runs on a disk that fills up, that can not be written, or that this user may not use: a clear error, nothing half, and the same command completes once the trouble is gone.</summary>
public sealed class StorageTroubleTests(ITestOutputHelper output) : IDisposable
{
    private const int Rows = 40_000;
    private const int Nobody = 65534;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_says_at_once_that_it_waits_for_a_full_disk_ends_at_a_signal_and_completes_when_space_comes()
    {
        using var disk = Mount("1m");
        if (disk is null) return;
        var lake = Path.Combine(disk.Root, "lake");
        WritePipeline(lake);

        using (var stopped = DatameshProcess.Start(_folder.Root, [], "run", "p.yaml", "-q"))
        {
            await WaitsForSpaceAsync(stopped);
            using (var kill = Process.Start("kill", ["-TERM", $"{stopped.Id}"])) await kill.WaitForExitAsync();
            Assert.True(stopped.WaitForExit(TimeSpan.FromMinutes(2)), "the run did not end");
            Assert.Equal(130, stopped.ExitCode);
        }

        Assert.Empty(Directory.GetFiles(lake, "*", SearchOption.AllDirectories));
        using (var waiting = DatameshProcess.Start(_folder.Root, [], "run", "p.yaml", "-q"))
        {
            await WaitsForSpaceAsync(waiting);
            disk.Remount("size=64m");
            Assert.True(waiting.WaitForExit(TimeSpan.FromMinutes(2)), "the run did not end");
            Assert.Equal(0, waiting.ExitCode);
        }

        IsComplete(lake);
    }

    [Fact]
    public void A_folder_that_is_read_only_fails_at_once_and_names_it()
    {
        using var disk = Mount("64m");
        if (disk is null) return;
        var lake = Path.Combine(disk.Root, "lake");
        WritePipeline(lake);
        disk.Remount("ro");
        var refused = DatameshProcess.Run(_folder.Root, "run", "p.yaml", "-q");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(disk.Root, refused.Error, StringComparison.Ordinal);
        Assert.Contains("The file system can not be written: it is mounted read-only.\n  hint: mount it for writing, or choose another folder", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Trying again", refused.Error, StringComparison.Ordinal);

        var state = DatameshProcess.Run(_folder.Root, "run", "p.yaml", "-q", "--state", Path.Combine(disk.Root, "state"));
        Assert.Equal(1, state.ExitCode);
        Assert.Contains("The state of a run can not be kept here.", state.Error, StringComparison.Ordinal);
        Assert.Contains("`run --state FOLDER` keeps it elsewhere", state.Error, StringComparison.Ordinal);

        disk.Remount("rw");
        Assert.Equal(0, DatameshProcess.Run(_folder.Root, "run", "p.yaml", "-q").ExitCode);
        IsComplete(lake);
    }

    [Fact]
    public void What_the_user_may_not_read_or_write_is_named_with_what_to_do()
    {
        var lake = Path.Combine(_folder.Root, "lake");
        WritePipeline(lake);
        Allow(_folder.Root, "rwxrwxrwx");
        var data = Path.Combine(_folder.Root, "data.csv");
        Allow(data, "---------");
        var unread = RunAsUser();
        Assert.Equal(1, unread.ExitCode);
        Assert.Contains($"{data}: The file can not be read: permission denied.\n  hint: let this user read it: chmod +r '{data}'", unread.Error, StringComparison.Ordinal);

        Allow(data, "r--r--r--");
        Directory.CreateDirectory(lake);
        Allow(lake, "r-xr-xr-x");
        var unwritten = RunAsUser();
        Assert.Equal(1, unwritten.ExitCode);
        Assert.Contains($"{lake}", unwritten.Error, StringComparison.Ordinal);
        Assert.Contains("Permission denied.\n  hint: let the user '", unwritten.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(lake));

        Allow(lake, "rwxrwxrwx");
        var done = RunAsUser();
        Assert.True(done.ExitCode == 0, done.Error);
        IsComplete(lake);
    }

    private SmallDisk? Mount(string size)
    {
        var disk = SmallDisk.Mount(size, out var refused);
        output.WriteLine(refused is null ? "on a tmpfs" : $"no tmpfs ({refused}): only the limit on the size of files stands for trouble with a disk here, in WriteFailureTests");
        return disk;
    }

    private void WritePipeline(string lake)
    {
        _folder.Write("p.yaml", $"pipeline: full\nsource: data.csv\ndataset: {{ name: full, path: {lake}/full }}\n");
        _folder.Write("data.csv", "id,text\n" + string.Concat(Enumerable.Range(0, Rows).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $"{i},{Convert.ToHexString(SHA256.HashData(BitConverter.GetBytes(i)))}\n"))));
    }

    private static async Task WaitsForSpaceAsync(Process run)
    {
        var told = new System.Text.StringBuilder();
        while (!told.ToString().Contains("Trying again in 1 s.", StringComparison.Ordinal))
            told.AppendLine(await run.StandardError.ReadLineAsync() ?? throw new InvalidOperationException($"The run ended without waiting: {told}"));
        Assert.Contains("There is no space left on the disk.", told.ToString(), StringComparison.Ordinal);
        Assert.Contains("hint: free space there", told.ToString(), StringComparison.Ordinal);
        _ = run.StandardError.ReadToEndAsync();
        _ = run.StandardOutput.ReadToEndAsync();
    }

    private void IsComplete(string lake)
    {
        var show = DatameshProcess.Run(_folder.Root, "dataset", "show", $"{lake}/full", "--rows", "0", "--json").Json;
        Assert.Equal((Rows, 0), (show.GetProperty("rows").GetInt64(), show.GetProperty("version").GetInt64()));
        Assert.Equal(0, DatameshProcess.Run(_folder.Root, "ledger", "p.yaml", "--recount").ExitCode);
        var parts = Directory.GetFiles(Path.Combine(lake, "full"), "*.parquet");
        Assert.Equal(show.GetProperty("files").GetInt32(), parts.Length);
    }

    /// <summary>Permission bits do not bind the superuser: there the run is another user's.</summary>
    private ProcessResult RunAsUser()
    {
        if (!Environment.IsPrivilegedProcess) return DatameshProcess.Run(_folder.Root, "run", "p.yaml", "-q");
        string[] arguments = [$"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "dotnet", Path.Combine(AppContext.BaseDirectory, "datamesh.dll"), "run", "p.yaml", "-q"];
        using var run = Process.Start(new ProcessStartInfo("setpriv", arguments) { WorkingDirectory = _folder.Root, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var text = run.StandardOutput.ReadToEndAsync();
        var error = run.StandardError.ReadToEnd();
        run.WaitForExit();
        return new ProcessResult(run.ExitCode, text.Result, error);
    }

    private static void Allow(string path, string bits)
    {
        var mode = UnixFileMode.None;
        for (var i = 0; i < bits.Length; i++)
            if (bits[i] != '-') mode |= (UnixFileMode)(1 << (8 - i));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
    }
}
