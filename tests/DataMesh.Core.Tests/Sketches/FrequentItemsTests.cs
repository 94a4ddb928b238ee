using System.Text;
using DataMesh.Core.Sketches;

namespace DataMesh.Core.Tests.Sketches;

public class FrequentItemsTests
{
    [Fact]
    public void Few_items_are_counted_exactly()
    {
        var items = new FrequentItems(8);
        foreach (var word in "b a c a b a".Split(' ')) items.Add(Encoding.UTF8.GetBytes(word));
        Assert.True(items.IsExact);
        Assert.Equal(["a 3", "b 2"], items.Top(2).Select(item => $"{Encoding.UTF8.GetString(item.Value)} {item.Count}"));
    }

    [Fact]
    public void Counts_are_off_by_no_more_than_the_error()
    {
        var random = new Random(5);
        var truth = new Dictionary<int, long>();
        var parts = Enumerable.Range(0, 3).Select(_ => new FrequentItems(64)).ToArray();
        for (var i = 0; i < 50_000; i++)
        {
            var item = (int)Math.Pow(2000, random.NextDouble());
            truth[item] = truth.GetValueOrDefault(item) + 1;
            parts[i % 3].Add(BitConverter.GetBytes(item));
        }

        parts[0].Merge(parts[1]);
        parts[0].Merge(parts[2]);
        Assert.False(parts[0].IsExact);
        Assert.InRange(parts[0].Error, 1, 2 * 50_000 / 64);
        Assert.InRange(parts[0].Count, 1, 64);
        foreach (var item in parts[0].Top(100)) Assert.InRange(truth[BitConverter.ToInt32(item.Value)] - item.Count, 0, parts[0].Error);
    }

    [Fact]
    public void Any_bytes_round_trip()
    {
        var items = new FrequentItems(4);
        items.Add([0, 255, 128], 5);
        items.Add([], 2);
        var copy = FrequentItems.FromBytes(items.ToBytes());
        Assert.Equal(items.ToBytes(), copy.ToBytes());
        Assert.Equal([0, 255, 128], copy.Top(1)[0].Value);
    }
}
