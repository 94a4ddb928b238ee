using System.Diagnostics;

namespace DataMesh.Tests;

/// <summary>Runs the scripts of <c>tests/interop</c> with Node.js: the readers and writers by others that the tests compare with.</summary>
internal static class Node
{
    /// <summary>The folder of the scripts and of their package.json.</summary>
    public static string Folder { get; } = FindFolder();

    /// <summary>Runs <c>node script args</c> and returns what it printed; fails with its error output when it does not exit with 0.</summary>
    public static string Run(string script, params string[] args)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules")))
            throw new InvalidOperationException("The Node.js packages for the interop tests are missing; run: npm ci --prefix tests/interop");
        var start = new ProcessStartInfo("node") { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(Folder, script));
        foreach (var arg in args) start.ArgumentList.Add(arg);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("node did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"node {script} exited with {process.ExitCode}:\n{errors.Result}\n{output}");
    }

    private static string FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "tests", "interop");
            if (File.Exists(Path.Combine(candidate, "package.json"))) return candidate;
        }

        throw new DirectoryNotFoundException("tests/interop was not found above the test binaries.");
    }
}
