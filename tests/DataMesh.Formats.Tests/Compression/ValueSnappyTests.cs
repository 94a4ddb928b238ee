using System.Text;
using DataMesh.Formats.Compression;

namespace DataMesh.Formats.Tests.Compression;

public class ValueSnappyTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(40)]
    [InlineData(5_000)]
    [InlineData(60_000)]
    public void Gives_back_what_it_was_given(int values)
    {
        var random = new Random(values);
        AssertRoundTrip(Plain(values, i => $"traveller.{random.Next(1000)}@example.com"));
        AssertRoundTrip(Plain(values, i => new string((char)('a' + random.Next(2)), random.Next(300))));
        AssertRoundTrip(Plain(values, i => random.Next(3) == 0 ? "" : $"{random.NextInt64()}"));
        AssertRoundTrip(Plain(values, i => "always the same text, and longer than sixty-four bytes so that it takes several copies"));
        AssertRoundTrip(Plain(values, i => string.Concat("abcdefghijklmnopqrstuvwxyz".Skip(random.Next(20)).Take(random.Next(12)))));
    }

    [Fact]
    public void Values_may_begin_after_levels_and_be_cut_off()
    {
        var plain = Plain(200, i => $"/var/log/app/{i % 7}/messages.log");
        byte[] body = [.. "levels of any content"u8, .. plain];
        for (var length = "levels of any content".Length; length < body.Length; length += 13) AssertRoundTrip(body[..length], "levels of any content".Length);
    }

    [Fact]
    public void Bytes_that_are_no_values_come_back_too()
    {
        var random = new Random(3);
        for (var round = 0; round < 300; round++)
        {
            var noise = new byte[random.Next(5_000)];
            random.NextBytes(noise);
            for (var i = 0; i + 4 < noise.Length; i += 20) BitConverter.TryWriteBytes(noise.AsSpan(i), random.Next(-2, 40));
            AssertRoundTrip(noise);
        }
    }

    [Fact]
    public void Makes_mails_and_paths_small()
    {
        var mails = Plain(5_000, i => $"traveller.{i * 7919L % 1_000_003}@example.com");
        Assert.InRange(Compress(mails, 0).Length, 1, mails.Length / 2);
    }

    private static byte[] Plain(int count, Func<int, string> value)
    {
        var stream = new MemoryStream();
        for (var i = 0; i < count; i++)
        {
            var bytes = Encoding.UTF8.GetBytes(value(i));
            stream.Write(BitConverter.GetBytes(bytes.Length));
            stream.Write(bytes);
        }

        return stream.ToArray();
    }

    private static byte[] Compress(byte[] source, int valuesAt)
    {
        var target = new byte[SnappyEncoder.MaxCompressedLength(source.Length)];
        return target[..new ValueSnappyEncoder().Compress(source, valuesAt, target)];
    }

    private static void AssertRoundTrip(byte[] source, int valuesAt = 0)
    {
        var target = new byte[source.Length];
        Assert.True(SnappyDecoder.TryDecompress(Compress(source, valuesAt), target));
        Assert.Equal(source, target);
    }
}
