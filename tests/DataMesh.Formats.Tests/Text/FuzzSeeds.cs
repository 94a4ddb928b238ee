using System.Diagnostics;

namespace DataMesh.Formats.Tests.Text;

/// <summary>Seeds of a fuzz test: a fixed few, or new ones for as many seconds as <c>DATAMESH_FUZZ_SECONDS</c> says.</summary>
internal static class FuzzSeeds
{
    public static IEnumerable<int> Of(int count)
    {
        for (var seed = 0; seed < count; seed++) yield return seed;
        if (!int.TryParse(Environment.GetEnvironmentVariable("DATAMESH_FUZZ_SECONDS"), out var seconds)) yield break;
        var clock = Stopwatch.StartNew();
        for (var seed = Random.Shared.Next(); clock.Elapsed.TotalSeconds < seconds; seed++) yield return seed & int.MaxValue;
    }
}
