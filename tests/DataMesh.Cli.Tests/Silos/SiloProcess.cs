using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DataMesh.Client;
using DataMesh.Client.Contract;

namespace DataMesh.Cli.Tests.Silos;

/// <summary>A real silo as a process, on a free port, with its state in a folder that outlives it.</summary>
internal sealed class SiloProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly string _folder;
    private readonly Task<string> _error;

    private SiloProcess(Process process, string folder, string address, Task<string> error)
    {
        (_process, _folder, Address, _error) = (process, folder, address, error);
        Client = new SiloClient(new Uri(address));
    }

    /// <summary>Talks to it without a process in between: pipelines of tests are over soon.</summary>
    public SiloClient Client { get; }

    /// <summary>Where it answers.</summary>
    public string Address { get; }

    /// <summary>What it wrote to standard error, once it has ended.</summary>
    public string Error => _error.Result;

    /// <summary>The silo's identity when it started.</summary>
    public string Id { get; private init; } = "";

    /// <summary>Starts a silo and waits until it answers.</summary>
    public static SiloProcess Start(string folder, IReadOnlyList<(string Name, string Value)>? environment = null, params string[] options)
    {
        var process = DatameshProcess.Start(folder, environment ?? [], ["silo", "--listen", "127.0.0.1:0", "--state", "silo-state", "--json", .. options]);
        var error = process.StandardError.ReadToEndAsync();
        var line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The silo did not start: {error.Result}");
        // Whoever does not start tells why on many lines.
        if (!line.EndsWith('}')) throw new InvalidOperationException($"The silo did not start: {line}{process.StandardOutput.ReadToEnd()}\n{error.Result}");
        var started = JsonSerializer.Deserialize<JsonElement>(line);
        return new SiloProcess(process, folder, started.GetProperty("address").GetString()!, error) { Id = started.GetProperty("silo").GetString()! };
    }

    /// <summary>Runs an operating verb against it.</summary>
    public ProcessResult Ask(params string[] arguments) => DatameshProcess.Run(_folder, [("DATAMESH_SILO", Address)], arguments);

    /// <summary>Runs an operating verb that must succeed.</summary>
    public ProcessResult Do(params string[] arguments)
    {
        var result = Ask(arguments);
        Assert.True(result.ExitCode == 0, $"datamesh {string.Join(' ', arguments)}: exit code {result.ExitCode}\n{result.Output}{result.Error}");
        return result;
    }

    /// <summary>Waits until a pipeline's status is as it should be.</summary>
    public PipelineStatus Await(string pipeline, Func<PipelineStatus, bool> isThere)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var status = Client.StatusAsync(pipeline).Result;
            if (isThere(status)) return status;
            Assert.True(watch.Elapsed < Patience, $"{pipeline} stays as it is: {status}");
            Thread.Sleep(5);
        }
    }

    /// <summary>Waits until a pipeline is in a phase.</summary>
    public PipelineStatus AwaitPhase(string pipeline, string phase) => Await(pipeline, status => status.Phase == phase && !status.IsStopping);

    /// <summary>Waits until it has ended by itself.</summary>
    public void AwaitEnd() => Assert.True(_process.WaitForExit(Patience), "the silo did not end");

    /// <summary>Waits until it has ended by itself, or a pipeline is in a phase: true then.</summary>
    public bool AwaitEndOr(string pipeline, string phase)
    {
        for (var watch = Stopwatch.StartNew(); !_process.HasExited; Thread.Sleep(5))
        {
            Assert.True(watch.Elapsed < Patience, $"{pipeline} neither ends the silo nor is {phase}");
            try
            {
                if (Client.StatusAsync(pipeline).Result.Phase == phase) return true;
            }
            catch (AggregateException)
            {
                // It may have ended while it was asked.
            }
        }

        return false;
    }

    /// <summary>Kills it with SIGKILL.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Whether it has not ended.</summary>
    public bool IsRunning => !_process.HasExited;

    /// <summary>Sends a signal.</summary>
    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Sends SIGTERM, and lets go what it is to find held; the exit code.</summary>
    public int Terminate(Gate? gate = null)
    {
        Signal("TERM");
        gate?.Open();
        Assert.True(_process.WaitForExit(Patience), "the silo did not end");
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
        Client.Dispose();
    }
}
