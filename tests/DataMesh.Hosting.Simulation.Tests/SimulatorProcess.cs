using System.Diagnostics;

namespace DataMesh.Hosting.Simulation.Tests;

/// <summary>The program that tries seeds, in a process with one thread in its pool.</summary>
internal static class SimulatorProcess
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory.Replace("DataMesh.Hosting.Simulation.Tests", "DataMesh.TestSimulator", StringComparison.Ordinal), "DataMesh.TestSimulator.dll");

    /// <summary>Runs it and returns its exit code and the lines that it wrote.</summary>
    public static async Task<(int ExitCode, IReadOnlyList<string> Lines)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, [.. (output + await error).Split('\n', StringSplitOptions.RemoveEmptyEntries)]);
    }
}
