using DataMesh.Core.Drift;
using DataMesh.Core.Errors;

namespace DataMesh.Runtime.Drift;

/// <summary>The error of a run that its drift policy stops.</summary>
internal static class DriftRefusal
{
    /// <summary>Says what changed, where, and what to do about it.</summary>
    public static DataMeshException Of(DriftEvent drift) => new(
        $"{DriftAdvice.Sentence(drift)}.",
        new Location(drift.Split, (int)Math.Min(drift.Line, int.MaxValue)),
        $"Before: {drift.Before ?? "nothing"}; now: {drift.After ?? "nothing"}; shown by: {drift.Evidence ?? "the file's structure"}. "
            + $"The drift policy says fail on {DriftAdvice.Word(drift)}: nothing of this epoch was committed.",
        $"mend the file, or {DriftAdvice.Next(drift)}");
}
