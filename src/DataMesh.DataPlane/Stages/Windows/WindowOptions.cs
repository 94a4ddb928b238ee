using DataMesh.Core.Components;

namespace DataMesh.DataPlane.Stages.Windows;

/// <summary>What happens to a row whose windows have all closed.</summary>
public enum LateRows
{
    /// <summary>It goes to quarantine with the reason <c>late</c>.</summary>
    Quarantine,
    /// <summary>It is left out.</summary>
    Drop,
    /// <summary>The run fails.</summary>
    Fail,
}

/// <summary>What happens at the end of a run's input to the windows that are still open.</summary>
public enum OpenWindows
{
    /// <summary>They close and are emitted; rows that come for them later are late.</summary>
    Emit,
    /// <summary>They are kept, and the next run adds to them.</summary>
    Keep,
}

/// <summary>Windows of event time that a windowed aggregate groups by.</summary>
public sealed class WindowOptions
{
    /// <summary>Event time.</summary>
    [Option("When a row happened: a timestamp or date column, or an expression.", Required = true)]
    public ExpressionText On { get; set; } = new("");

    /// <summary>Fixed windows.</summary>
    [Option("Length of windows that follow one another, such as 1h; they begin at multiples of it since 1970-01-01.")]
    public TimeSpan? Tumbling { get; set; }

    /// <summary>Overlapping windows.</summary>
    [Option("Windows that overlap: a row belongs to several.")]
    public SlidingWindow? Sliding { get; set; }

    /// <summary>Windows of activity.</summary>
    [Option("Windows that last as long as rows of the same keys come: a time without rows ends one.")]
    public SessionWindow? Session { get; set; }

    /// <summary>Allowed lateness.</summary>
    [Option("How long a window waits for rows that come late: it closes when a row that happened this much after its end has come. 0s without it.")]
    public TimeSpan Lateness { get; set; }

    /// <summary>Fate of late rows.</summary>
    [Option("What happens to a row whose windows have all closed.")]
    public LateRows Late { get; set; } = LateRows.Quarantine;

    /// <summary>Fate of open windows.</summary>
    [Option("What happens to open windows when a run has read everything: `emit` with the trigger `once`, `keep` with every other, when it is not said.")]
    public OpenWindows? AtEnd { get; set; }
}

/// <summary>Overlapping windows.</summary>
public sealed class SlidingWindow
{
    /// <summary>Length.</summary>
    [Option("Length of a window, such as 1h.", Required = true)]
    public TimeSpan Size { get; set; }

    /// <summary>Distance.</summary>
    [Option("A window begins every so often, such as 15m.", Required = true)]
    public TimeSpan Every { get; set; }
}

/// <summary>Windows of activity.</summary>
public sealed class SessionWindow
{
    /// <summary>Time without rows.</summary>
    [Option("A session ends when no row came for so long, such as 30m.", Required = true, Shorthand = true)]
    public TimeSpan Gap { get; set; }
}
