using System.Text;
using DataMesh.Formats.Compression;

namespace DataMesh.Formats.Tests.Compression;

public class Lz4Tests
{
    /// <summary>"abcd" once, then 20 bytes from 4 back, then five literals.</summary>
    private static readonly byte[] Block = [0x4f, .. "abcd"u8, 4, 0, 1, 0x50, .. "12345"u8];

    private static readonly byte[] Text = Encoding.ASCII.GetBytes("abcdabcdabcdabcdabcdabcd12345");

    [Fact]
    public void Reads_a_block()
    {
        var target = new byte[Text.Length];
        Assert.True(Lz4Decoder.TryDecompress(Block, target));
        Assert.Equal(Text, target);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(40)]
    public void Repeats_from_any_distance(int distance)
    {
        for (var length = 4; length < 200; length++)
        {
            var expected = new byte[distance + length + 5];
            for (var i = 0; i < expected.Length; i++) expected[i] = (byte)(i < distance + length ? i % distance : 7);
            byte[] block = [.. Token(distance, length - 4), .. expected.AsSpan(0, distance), (byte)distance, 0, .. Rest(length - 4), 0x50, 7, 7, 7, 7, 7];
            var target = new byte[expected.Length];
            Assert.True(Lz4Decoder.TryDecompress(block, target));
            Assert.Equal(expected, target);
        }
    }

    [Fact]
    public void Reads_blocks_in_the_framing_of_Hadoop_and_bare_ones()
    {
        byte[] one = [0, 0, 0, 29, 0, 0, 0, (byte)Block.Length, .. Block];
        byte[] two = [0, 0, 0, 58, 0, 0, 0, (byte)Block.Length, .. Block, 0, 0, 0, (byte)Block.Length, .. Block];
        Assert.Equal(Text, Hadoop(one, 29));
        Assert.Equal([.. Text, .. Text], Hadoop([.. one, .. one], 58));
        Assert.Equal([.. Text, .. Text], Hadoop(two, 58));
        Assert.Equal(Text, Hadoop(Block, 29));
        Assert.Empty(Hadoop(one, 28));
        Assert.Empty(Hadoop(one[..^1], 29));
    }

    [Fact]
    public void Broken_blocks_are_refused_and_never_touch_anything_outside()
    {
        var random = new Random(3);
        var guarded = new byte[Text.Length + 200];
        for (var round = 0; round < 20_000; round++)
        {
            var broken = (byte[])Block.Clone();
            for (var i = random.Next(1, 4); i > 0; i--) broken[random.Next(broken.Length)] = (byte)random.Next(256);
            Lz4Decoder.TryDecompressHadoop(broken.AsSpan(0, random.Next(broken.Length + 1)), guarded.AsSpan(100, Text.Length));
            Assert.False(guarded.AsSpan(0, 100).ContainsAnyExcept((byte)0) || guarded.AsSpan(^100).ContainsAnyExcept((byte)0));
        }

        for (var length = 0; length < Block.Length; length++) Assert.False(Lz4Decoder.TryDecompress(Block.AsSpan(0, length), new byte[Text.Length]));
        Assert.False(Lz4Decoder.TryDecompress(Block, new byte[Text.Length + 1]));
        Assert.False(Lz4Decoder.TryDecompress(Block, new byte[Text.Length - 1]));
    }

    private static byte[] Token(int literals, int match) => [(byte)(Math.Min(literals, 15) << 4 | Math.Min(match, 15)), .. Rest(literals)];

    private static byte[] Rest(int length) => length < 15 ? [] : [(byte)(length - 15)];

    private static byte[] Hadoop(byte[] source, int length)
    {
        var target = new byte[length];
        return Lz4Decoder.TryDecompressHadoop(source, target) ? target : [];
    }
}
