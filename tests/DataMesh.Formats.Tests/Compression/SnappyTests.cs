using System.Text;
using DataMesh.Formats.Compression;

namespace DataMesh.Formats.Tests.Compression;

public class SnappyTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(300_000)]
    public void Gives_back_what_it_was_given(int length)
    {
        var random = new Random(length);
        AssertRoundTrip(new byte[length]);
        AssertRoundTrip(Noise(random, length));
        AssertRoundTrip(Words(random, length));
        AssertRoundTrip(Mixed(random, length));
    }

    [Fact]
    public void Makes_repetitive_text_small()
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 10_000).Select(i => $"traveller.{i}@example.com;")));
        Assert.InRange(Compress(text).Length, 1, text.Length / 2);
    }

    [Fact]
    public void Noise_grows_by_next_to_nothing()
    {
        var noise = Noise(new Random(1), 1 << 20);
        Assert.InRange(Compress(noise).Length, noise.Length, noise.Length + 200);
    }

    [Fact]
    public void Broken_streams_are_refused_and_never_read_or_write_outside()
    {
        var random = new Random(7);
        var source = Mixed(random, 20_000);
        var sound = Compress(source);
        var target = new byte[source.Length];
        for (var round = 0; round < 3_000; round++)
        {
            var broken = (byte[])sound.Clone();
            for (var i = random.Next(1, 5); i > 0; i--) broken[random.Next(broken.Length)] = (byte)random.Next(256);
            SnappyDecoder.TryDecompress(broken.AsSpan(0, random.Next(broken.Length + 1)), target);
        }

        Assert.False(SnappyDecoder.TryDecompress(sound.AsSpan(0, sound.Length - 1), target));
        Assert.False(SnappyDecoder.TryDecompress(sound, new byte[source.Length - 1]));
        Assert.True(SnappyDecoder.TryDecompress(sound, target));
        Assert.Equal(source, target);
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 4, 0x01, 0x00 })]
    [InlineData(new byte[] { 4, 0xf0 })]
    [InlineData(new byte[] { 8, 0x00, 0x61, 0x11, 0x05 })]
    public void Short_nonsense_is_refused(byte[] stream) => Assert.False(SnappyDecoder.TryDecompress(stream, new byte[8]));

    private static byte[] Compress(byte[] source)
    {
        var target = new byte[SnappyEncoder.MaxCompressedLength(source.Length)];
        return target[..new SnappyEncoder().Compress(source, target)];
    }

    private static void AssertRoundTrip(byte[] source)
    {
        var compressed = Compress(source);
        Assert.True(SnappyDecoder.TryReadLength(compressed, out var length, out _));
        Assert.Equal(source.Length, length);
        var back = new byte[length];
        Assert.True(SnappyDecoder.TryDecompress(compressed, back));
        Assert.Equal(source, back);
    }

    private static byte[] Noise(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Words(Random random, int length)
    {
        string[] words = ["driver ", "late ", "early ", "pickup ", "münchen ", "a", "xy"];
        var text = new StringBuilder();
        while (text.Length < length) text.Append(words[random.Next(words.Length)]);
        return Encoding.UTF8.GetBytes(text.ToString())[..length];
    }

    private static byte[] Mixed(Random random, int length)
    {
        var bytes = new byte[length];
        for (var at = 0; at < length;)
        {
            var run = Math.Min(random.Next(1, 200), length - at);
            if (random.Next(2) == 0) random.NextBytes(bytes.AsSpan(at, run));
            else if (at > 0) for (int i = 0, from = random.Next(at); i < run; i++) bytes[at + i] = bytes[from + i];
            at += run;
        }

        return bytes;
    }
}
