using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DataMesh.Cli.Output;

namespace DataMesh.Cli.Doctor;

/// <summary>Checks of the machine.</summary>
internal static class MachineChecks
{
    private const int OpenFilesWanted = 1024;

    public static IEnumerable<Check> Run()
    {
        yield return new Check("runtime", CheckState.Ok, $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription} ({RuntimeInformation.RuntimeIdentifier})");
        yield return Cores();
        yield return Memory();
        yield return Clock();
        if (OpenFiles() is { } openFiles) yield return openFiles;
    }

    private static Check Cores()
    {
        var width = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;
        var found = $"{Environment.ProcessorCount} cores, {(width == 0 ? "no SIMD" : $"{width}-bit SIMD")}{(Pclmulqdq.IsSupported ? ", carry-less multiply" : "")}";
        return width >= 256
            ? new Check("processor", CheckState.Ok, found)
            : new Check("processor", CheckState.Warn, found, "Decoding takes its scalar way here: correct, but several times slower.");
    }

    private static Check Memory()
    {
        var bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return bytes >= 512L << 20
            ? new Check("memory", CheckState.Ok, $"{Units.Bytes(bytes)} for this process")
            : new Check("memory", CheckState.Warn, $"{Units.Bytes(bytes)} for this process", "A run wants up to 512 MB.");
    }

    private static Check Clock()
    {
        var now = DateTimeOffset.UtcNow;
        var built = File.GetLastWriteTimeUtc(Environment.ProcessPath ?? AppContext.BaseDirectory);
        var found = now.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        return now > built.AddDays(-1) && now.Year < 2100
            ? new Check("clock", CheckState.Ok, found)
            : new Check("clock", CheckState.Fail, found, "The clock is earlier than this program was built; set it, commits carry its time.");
    }

    private static Check? OpenFiles()
    {
        const string limits = "/proc/self/limits";
        if (!File.Exists(limits)) return null;
        var line = File.ReadLines(limits).FirstOrDefault(each => each.StartsWith("Max open files", StringComparison.Ordinal));
        var fields = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields is not { Length: > 3 } || !long.TryParse(fields[3], out var soft)) return null;
        return soft >= OpenFilesWanted
            ? new Check("open files", CheckState.Ok, $"up to {soft}")
            : new Check("open files", CheckState.Warn, $"up to {soft}", $"Raise it: ulimit -n {OpenFilesWanted}");
    }
}
