using DataMesh.Cli.Output;
using DataMesh.Runtime.Runs;

namespace DataMesh.Cli.Runs;

/// <summary>Rates and what is left, from progress reports: smoothed over the last moments so that the numbers can be read.</summary>
internal sealed class RateMeter
{
    private const double Weight = 0.3;

    private RunProgress? _before;

    public double RowsPerSecond { get; private set; }

    public double BytesPerSecond { get; private set; }

    public void Add(RunProgress now)
    {
        var seconds = (now.Elapsed - (_before?.Elapsed ?? TimeSpan.Zero)).TotalSeconds;
        if (seconds < 0.05) return;
        // An epoch that starts again takes its counts back.
        var rows = Math.Max(now.RowsRead - (_before?.RowsRead ?? 0), 0) / seconds;
        var bytes = Math.Max(now.BytesRead - (_before?.BytesRead ?? 0), 0) / seconds;
        var weight = _before is null ? 1 : Weight;
        RowsPerSecond += weight * (rows - RowsPerSecond);
        BytesPerSecond += weight * (bytes - BytesPerSecond);
        _before = now;
    }

    /// <summary>What is left, as <c>1.2 GB left, about 12 s</c>; empty when the size is unknown.</summary>
    public string Left(RunProgress now)
    {
        var left = now.BytesTotal - now.BytesRead;
        if (now.BytesTotal <= 0 || left <= 0) return "";
        var time = BytesPerSecond > 1 ? $", about {Units.Time(TimeSpan.FromSeconds(Math.Min(left / BytesPerSecond, 1e6)))}" : "";
        return $"{Units.Bytes(left)} left{time}";
    }

    /// <summary>The whole state in one line.</summary>
    public string Line(RunProgress now)
    {
        var quarantined = now.Quarantined > 0 ? $", {Units.Count(now.Quarantined)} set aside" : "";
        var left = Left(now) is { Length: > 0 } text ? $", {text}" : "";
        return $"{now.Phase}: {Units.Count(now.RowsRead)} rows in ({Units.Count(RowsPerSecond)} rows/s, {Units.Bytes(BytesPerSecond)}/s), {Units.Count(now.RowsWritten)} written{quarantined}{left}";
    }
}
