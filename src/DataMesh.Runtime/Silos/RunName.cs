using System.Globalization;

namespace DataMesh.Runtime.Silos;

/// <summary>
/// The identity of a run of a submitted pipeline. It says itself what the run is made from, so that any silo that is told to work for it can.
/// </summary>
/// <param name="Pipeline">The pipeline.</param>
/// <param name="Spec">The submitted version.</param>
/// <param name="Parallelism">Tasks that it may be divided into; 0 takes what the pipeline file says.</param>
/// <param name="Unique">Tells it from other runs.</param>
public sealed record RunName(string Pipeline, long Spec, int Parallelism, string Unique)
{
    /// <summary>Not allowed in the names of pipelines.</summary>
    private const char Separator = '~';

    /// <summary>A name for a new run.</summary>
    public static RunName New(string pipeline, long spec, int parallelism) => new(pipeline, spec, parallelism, Guid.NewGuid().ToString("N"));

    /// <summary>Reads an identity; null when it is none of a submitted pipeline.</summary>
    public static RunName? TryParse(string runId)
    {
        if (runId.Split(Separator) is not [var pipeline, var spec, var parallelism, var unique]) return null;
        return long.TryParse(spec, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && int.TryParse(parallelism, NumberStyles.None, CultureInfo.InvariantCulture, out var tasks)
            ? new RunName(pipeline, version, tasks, unique)
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Pipeline}{Separator}{Spec}{Separator}{Parallelism}{Separator}{Unique}");
}
