using DataMesh.Core.Columns;
using DataMesh.Core.Keys;
using DataMesh.DataPlane.Exchanges;

namespace DataMesh.DataPlane.Tests.Exchanges;

public class KeyGroupsTests
{
    [Fact]
    public void Equal_keys_are_in_one_group()
    {
        object?[] keys = [0.0, -0.0, double.NaN, -double.NaN, null, 1.5];
        var (numbers, texts) = (new ColumnBuilder(DataType.Float64), new ColumnBuilder(DataType.String));
        for (var row = 0; row < 600; row++)
        {
            numbers.AppendObject(keys[row % keys.Length]);
            texts.AppendObject($"key {row / keys.Length}");
        }

        using var number = numbers.Build();
        using var text = texts.Build();
        var byNumber = KeyGroups.Of([number], 600);
        Assert.Equal(byNumber[0], byNumber[1]);
        Assert.Equal(byNumber[2], byNumber[3]);
        Assert.All(Enumerable.Range(6, 594), row => Assert.Equal(byNumber[row % 6], byNumber[row]));
        Assert.Single(KeyGroups.Of([], 600).Distinct());
        var byText = KeyGroups.Of([text], 600);
        Assert.All(Enumerable.Range(0, 600), row => Assert.Equal(byText[row / 6 * 6], byText[row]));
        Assert.True(byText.Distinct().Count() > 32);
    }

    [Fact]
    public void Groups_go_to_tasks_in_runs_of_nearly_equal_length()
    {
        foreach (var tasks in new[] { 1, 2, 3, 5, 7, 64, 100 })
        {
            var sizes = Enumerable.Range(0, KeyShare.Groups).GroupBy(group => KeyShare.TaskOf(group, tasks)).Select(own => own.Count()).ToList();
            Assert.Equal(Math.Min(tasks, 64), sizes.Count);
            Assert.InRange(sizes.Max() - sizes.Min(), 0, 1);
            Assert.All(Enumerable.Range(0, KeyShare.Groups), group => Assert.Single(Enumerable.Range(0, tasks), task => new KeyShare(task, tasks).Holds(group)));
        }
    }

    [Fact]
    public void Hashes_spread_over_all_groups() =>
        Assert.Equal(KeyShare.Groups, Enumerable.Range(0, 2_000).Select(i => KeyShare.GroupOf(new Hash128(Hashing.OfInteger((ulong)i), 0))).Distinct().Count());
}
