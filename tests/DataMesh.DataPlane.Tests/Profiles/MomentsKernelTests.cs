using DataMesh.Core.Sketches;
using DataMesh.DataPlane.Profiles;

namespace DataMesh.DataPlane.Tests.Profiles;

public class MomentsKernelTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(1003)]
    public void All_widths_agree_with_the_scalar_code(int count)
    {
        var random = new Random(1);
        var values = Enumerable.Range(0, count).Select(_ => Math.Exp(random.NextDouble() * 20) * (random.Next(2) * 2 - 1)).ToArray();
        Moments scalar = default, wide = default, half = default, best = default;
        MomentsKernel.AddScalar(ref scalar, values);
        MomentsKernel.AddScalar(ref wide, values.AsSpan(MomentsKernel.Add512(ref wide, values)));
        MomentsKernel.AddScalar(ref half, values.AsSpan(MomentsKernel.Add256(ref half, values)));
        MomentsKernel.Add(ref best, values);
        foreach (var each in new[] { wide, half, best })
            Assert.Equal((scalar.Count, scalar.Sum.Value, scalar.SumOfSquares.Value), (each.Count, each.Sum.Value, each.SumOfSquares.Value));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(1001)]
    public void Extremes_are_found_wherever_they_stand(int count)
    {
        for (var at = 0; at < count; at += Math.Max(1, count / 9))
        {
            var values = new double[count];
            values[at] = -1;
            Assert.False(MomentsKernel.Extremes(values, out var min, out var max));
            Assert.Equal((-1, count == 1 ? -1 : 0), (min, max));
            values[at] = double.NaN;
            Assert.True(MomentsKernel.Extremes(values, out _, out _));
        }
    }
}
