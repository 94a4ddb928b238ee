using System.Diagnostics;

namespace DataMesh.Core.Storage;

/// <summary>
/// A named step at which a test can kill the process, as a failing machine would: no handler runs, nothing is flushed.
/// <c>DATAMESH_CRASH_AT=prepare.linked:2</c> kills it the second time it gets there. Without the variable a step costs one comparison.
/// Only per file or per epoch, never per batch.
/// </summary>
public static class CrashPoint
{
    private static readonly (string Name, int Count)? Wanted = Parse(Environment.GetEnvironmentVariable("DATAMESH_CRASH_AT"));
    private static int _reached;

    /// <summary>Tells that the step has been reached.</summary>
    public static void Reached(string name)
    {
        if (Wanted is not { } wanted || wanted.Name != name || Interlocked.Increment(ref _reached) != wanted.Count) return;
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }

    private static (string Name, int Count)? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        var cut = text.LastIndexOf(':');
        return cut > 0 && int.TryParse(text.AsSpan(cut + 1), out var count) ? (text[..cut], count) : (text, 1);
    }
}
