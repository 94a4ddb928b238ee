using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines.Spec;

namespace DataMesh.Core.Pipelines;

/// <summary>When an epoch ends: the <c>epoch:</c> part of a pipeline file. What comes first counts.</summary>
public sealed class EpochLimits
{
    /// <summary>Source bytes.</summary>
    [Option("An epoch ends after this many bytes of input, at the next block of at most 1 MiB.")]
    public ByteCount Bytes { get; init; } = new(1L << 30);

    /// <summary>Time.</summary>
    [Option("An epoch ends after this time.")]
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Reports limits that no epoch could keep.</summary>
    internal void Check(PipelineProblems problems, SpecNode? written)
    {
        if (written is not SpecMap map) return;
        if (Bytes.Bytes <= 0) problems.Error("An epoch of no bytes would never end.", map.Find("bytes")?.Value.Location, hint: "write a size above zero, for example 64MB");
        if (Time <= TimeSpan.Zero) problems.Error("An epoch of no time would never end.", map.Find("time")?.Value.Location, hint: "write a time above zero, for example 30s");
    }

    /// <summary>These limits with those that a command line names, as texts; null leaves one as it is.</summary>
    public EpochLimits With(string? bytes, string? time)
    {
        var (size, duration) = (Bytes, Time);
        if (bytes is not null && (!ScalarOptions.TryBytes(bytes, out size) || size.Bytes <= 0)) throw new DataMeshException($"'{bytes}' is not a size.", hint: "write for example 64MB");
        if (time is not null && (!ScalarOptions.TryDuration(time, out duration) || duration <= TimeSpan.Zero)) throw new DataMeshException($"'{time}' is not a time.", hint: "write for example 30s");
        return new EpochLimits { Bytes = size, Time = duration };
    }
}
