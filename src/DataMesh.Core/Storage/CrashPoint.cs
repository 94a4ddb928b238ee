using System.Diagnostics;

namespace DataMesh.Core.Storage;

/// <summary>
/// A named step at which a test can kill the process, as a failing machine would: no handler runs, nothing is flushed.
/// <c>DATAMESH_CRASH_AT=prepare.record:2</c> kills it the second time it gets there; <c>DATAMESH_FREEZE_AT</c> stops it instead, until someone sends SIGCONT.
/// <c>DATAMESH_HOLD_AT</c> keeps only what got there waiting, until there is a file at <c>DATAMESH_HOLD_UNTIL</c>: what is done to a run then finds it at work.
/// Without the variables a step costs three comparisons. Only per file or per epoch, never per batch.
/// </summary>
public static class CrashPoint
{
    private const int SigStop = 19;

    private static readonly Wish? Crash = Wish.Parse(Environment.GetEnvironmentVariable("DATAMESH_CRASH_AT"));
    private static readonly Wish? Freeze = Wish.Parse(Environment.GetEnvironmentVariable("DATAMESH_FREEZE_AT"));
    private static readonly Wish? Hold = Wish.Parse(Environment.GetEnvironmentVariable("DATAMESH_HOLD_AT"));

    /// <summary>Told of every step that is reached, when processes are simulated inside this one.</summary>
    internal static Action<string>? Observer { get; set; }

    /// <summary>Tells that the step has been reached.</summary>
    public static void Reached(string name)
    {
        Observer?.Invoke(name);
        if (Crash?.Comes(name) == true)
        {
            Process.GetCurrentProcess().Kill();
            Thread.Sleep(Timeout.Infinite);
        }

        if (Freeze?.Comes(name) == true) _ = LibC.Kill(Environment.ProcessId, SigStop);
        if (Hold?.Comes(name) == true) Wait(Environment.GetEnvironmentVariable("DATAMESH_HOLD_UNTIL"));
    }

    private static void Wait(string? file)
    {
        while (!File.Exists(file)) Thread.Sleep(5);
    }

    /// <summary>What is to happen at the n-th time of a step.</summary>
    private sealed class Wish(string name, int time)
    {
        private int _reached;

        public bool Comes(string step) => step == name && Interlocked.Increment(ref _reached) == time;

        public static Wish? Parse(string? text)
        {
            if (string.IsNullOrEmpty(text)) return null;
            var cut = text.LastIndexOf(':');
            return cut > 0 && int.TryParse(text.AsSpan(cut + 1), out var time) ? new Wish(text[..cut], time) : new Wish(text, 1);
        }
    }
}
