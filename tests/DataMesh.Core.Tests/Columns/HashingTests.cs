using System.Text;
using DataMesh.Core.Columns;

namespace DataMesh.Core.Tests.Columns;

public class HashingTests
{
    [Fact]
    public void Persisted_hashes_never_change()
    {
        Assert.Equal(0x810879608E4259CCUL, Hashing.OfInteger(42));
        Assert.Equal(Hashing.OfInteger(BitConverter.DoubleToUInt64Bits(1.5)), Hashing.OfDouble(1.5));
        Assert.Equal(0xAECEDED9ABF0C2DEUL, Hashing.OfBytes("trips"u8));
        Assert.Equal(0x24E1BE68125485E4UL, Hashing.OfBytes("a text of more than sixteen bytes"u8));
    }

    [Fact]
    public void Zeros_are_equal_and_so_are_nans()
    {
        Assert.Equal(Hashing.OfDouble(0.0), Hashing.OfDouble(-0.0));
        Assert.Equal(Hashing.OfDouble(double.NaN), Hashing.OfDouble(BitConverter.Int64BitsToDouble(0x7ff8000000000123)));
    }

    [Fact]
    public void Similar_texts_of_all_lengths_do_not_collide()
    {
        var seen = new HashSet<(ulong, ulong)>();
        var first = new HashSet<ulong>();
        for (var length = 0; length < 200; length++)
        {
            for (var change = 0; change < Math.Max(length, 1); change++)
            {
                var text = Encoding.ASCII.GetBytes(new string('a', length));
                if (length > 0) text[change] = (byte)'b';
                Assert.True(first.Add(Hashing.OfBytes(text)));
                Assert.True(seen.Add((Hashing.OfBytes(text), Hashing.SecondOfBytes(text))));
            }
        }
    }
}
