using System.Globalization;
using DataMesh.Core.Components;

namespace DataMesh.Core.Pipelines;

/// <summary>When too many records are set aside: the <c>quarantine:</c> part of a pipeline file.</summary>
public sealed class QuarantinePolicy
{
    /// <summary>When the run stops.</summary>
    [Option("The run stops, and does not commit the epoch, when more records than this are set aside among consecutive ones: a share or a number of a window, such as `5% of 10000` or `100 of 10000`. Without it, never.",
        Shorthand = true)]
    public string? StopWhen { get; init; }

    /// <summary>When a record is looked for that ends processes.</summary>
    [Option("After so many processes that ended while they read the pipeline's input, with nothing committed in between, the record is looked for that ends them; it is set aside as `poisoned`. 0 for never.")]
    public int PoisonedAfter { get; init; } = 3;

    /// <summary>The same, parsed; null when it is not given or wrong.</summary>
    public BadRecordLimit? Limit => StopWhen is { } text && BadRecordLimit.TryParse(text, out var limit) ? limit : null;
}

/// <summary>How many records may be set aside among so many consecutive ones.</summary>
/// <param name="Bad">Most records set aside.</param>
/// <param name="Window">Records looked at together.</param>
/// <param name="Text">As it was written.</param>
public sealed record BadRecordLimit(long Bad, long Window, string Text)
{
    /// <summary>Reads <c>5% of 10000</c> or <c>100 of 10000</c>.</summary>
    public static bool TryParse(string text, out BadRecordLimit? limit)
    {
        limit = null;
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts is not [var amount, "of", var size] || !long.TryParse(size.Replace("_", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var window)) return false;
        if (window is < 1 or > Limits.BadWindowMax) return false;
        if (amount.EndsWith('%'))
        {
            if (!double.TryParse(amount.AsSpan(0, amount.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) || percent is < 0 or >= 100) return false;
            limit = new BadRecordLimit((long)Math.Floor(window * percent / 100 + 1e-9), window, text);
            return true;
        }

        if (!long.TryParse(amount.Replace("_", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var bad) || bad >= window) return false;
        limit = new BadRecordLimit(bad, window, text);
        return true;
    }
}
