using System.Collections.Concurrent;
using System.Diagnostics;

namespace DataMesh.Hosting.Redis.Tests;

/// <summary>A silo in a process of its own.</summary>
internal sealed class SiloProcess : IDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SiloProcess(string redis)
    {
        var output = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        var framework = Path.GetFileName(output);
        var configuration = Path.GetFileName(Path.GetDirectoryName(output)!);
        var tests = Path.GetFullPath(Path.Combine(output, "../../../.."));
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(tests, "DataMesh.TestSilo", "bin", configuration, framework, "DataMesh.TestSilo.dll"));
        start.ArgumentList.Add(redis);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Log.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Its session when it began.</summary>
    public string Id => _ready.Task.Result;

    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>Keys of the grains that it resumed.</summary>
    public ConcurrentQueue<string> Resumed { get; } = new();

    public static async Task<SiloProcess> StartAsync(RedisServer redis)
    {
        var silo = new SiloProcess(redis.Address);
        await silo._ready.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return silo;
    }

    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits for the process to end and returns its exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await _process.WaitForExitAsync(late.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        var words = (line ?? "").Split(' ');
        if (words[0] == "ready") _ready.TrySetResult(words[1]);
        if (words[0] == "resumed") Resumed.Enqueue(words[1]);
    }
}
