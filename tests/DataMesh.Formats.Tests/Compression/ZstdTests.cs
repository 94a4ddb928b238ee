using System.Text;
using DataMesh.Formats.Compression;

namespace DataMesh.Formats.Tests.Compression;

public class ZstdTests
{
    /// <summary>What <c>zstd -19</c> makes of <see cref="Lines"/>: Huffman literals in four streams, tables of all three kinds, a checksum.</summary>
    private const string Frame = """
        KLUv/WTtKj04APqwcBMUoCWFHN91Pl4RAN683C0rIim8auI4AS4BLgFiyT0UKsTW5WLMpHzMHpGR+DFkOputoacMScbB0JH5f4TawtdgO+OH7JXwwscN8atfkI0Q+oRbafz6jAma5AWp
        SoojHiYzZSSIJhyllnafuRFN8PXlHWfGMDYMS/fbqfxSFfpJ2obgM8RyeCyEybDXwfohNLMZmm586aRJeBtVlMTcSVxkSC1IRZOMjDD1Sbce0c+znN5ciA9njXDcsunMDEJQI6ptvo+i
        coODEiIF3dOwJWwazJGKkW1fw08eY+lyL2RrSFBmEqKZSyxmRLxIdzoSegyXKXtbxhM6iWfQDfn3ZzHbIAQ1Xs0sUBbR8ASPLCGq9xOsNL1mKwo/iBncTJYHCRNJWdzrfAlxlMXM5JNu
        1AXJmWpU17280pt6rJ0l50NEGUSOGSAgAGDAIAwKCAoIKAgwCAEbk/KYSFaQnWstoU/CZuT1oo+0Yhob2tTlbV/PaNSxZycNaQgyYcwGIUgMoZmBcUfJBweZZQqd8fCntWHqo2Al7rsJ
        IfLRFK5MJutMmGiQsnnmEyhzFDQpfepZbcdlOv24j6LznLwiYhrkIjEhaogigSHBvVCOsYW/bnpkbbw53cIOsWc2kubBmOSRfcRunWgIZSZ8ZGVYRhPKEHx71+wv+uKt779jLHSKiCAT
        hJQnHvOERImrOxFZGkQ67hRrwlZT+HphXhwbx4r5P3UzBRtmQqq0nw8tXbGWprxvCNcMo3GcIahjTOrQySM2iRie+fFZZIhBxp00Myriy95K9G6sCPvACMHxmBP+XEZqxrPG2W2PT1Tk
        +QRXKS7PlLZCTBseJcwo+G4QL7GYoF7oiPZosyucymIM4xE59pwPVAxnF7Mhn1iFEp+Q87IrJkp+Xis8aphR4lPZjXkkVAqOICWyPZ+gjVbD4sxd2eZwiMzsISZ9bOwIdTHajn3hMMI/
        lQoiMzK0cT5mV8R/xk58SV92C8EIayZMLf+NIHNiMalWHRdJg4yqIJbCWErv2bpIbLxpeb/VG2qCwRl36kj7T4aaPrHtLI94CCEZHkQ6hTAGg75DtA/r07Dh9w8KMW9CDY9DpslMZRqj
        TaJPR1mkwUBLHPGYt8NMyY0ejs7wbj46MfNfVoXENy1FwSENuUh4jIJvmCU4CoqR9tQa+76HkmQveFWexCcm28g0tpkQyWYMazqlQ8hIH3q2owvXDk6fDYbv6Z0QRLqK/5sXFSN4EzKR
        Lo3oJowyNVXUYr8hE80xiiOd6ElHpMJ3GpbTyLAOjZe36U7sv8Xq/vpWCw4Rognv4hFmTTAmhVn7FU0d5JpKFK8Lq5QSE092GZGbLYp/JDcNEvQ0Iwz1fkw7nK6TbaOXO0SICUFhqWQh
        cIbRhoO3h3ymy47gw6SZnlDYY0+1GSsfjWTJ+K4xInEJlBDOyChhFELy4mnMaX4XRz/6jOumcdrT8CiI1JgQJCv0aeAm0UaQZ2iRWQ8HD7UQNvsr2In12LQj9zcxQjbNGkQTZClxmZlF
        saMJOQmvlHXnC99r+Nrd+9NcRCyCWBPzNUKawCBXlSuWh92qY6KZQfhyUVus+Yabd56kl03GLibEocz6xIPkjIKonPoypPZDmJZxXc6GWM/QEI6YBwnPI/PMQ42JW7ifkWWJBLtLE4Sj
        qCNgYefvnwGznKcptQYT4F+Av1C3AXvuGOjwbMF/AAG3bglu3oF6hr+Ty/pu5Zv37J/RFZGzfq++s7L3TqeuMpnwGiySopUM0lNIT/Jnja9JvKIQY4w6Fl30MuEs2HCvsRs1oUB62w1x
        lN9ufSXmfW0lvRc5nfRW+rrMn+m5v97bWC/efz+TFrzWS9v77kd9tf7eS3pNC88Z02i/7Hpkn0ulmxWs3lETO3y48lqmym3YAVE0dipFkw/LQw3az/Q79ZW+Xo99rqY7ZxXttnYt/8ft
        g6Or+6vHZTbulRLV+l4icL2lsqeuUn8/96b0npPxe6/4JuY+koLXO2piWZ4kDR1kWcDn09caAJ6TFb3u5n100xtqQrJ8IyDBPavWqvQE5e329d62TzxMKTz/V8pazhv22VnZ4b1l12tf
        Sz8/V2Kf8+6lTCUf32vei9Fz7s/LaOJ3BvkAfA27ZSMbjydyUrTbXNaPCdf/7Z5adhfP/svL85fe75Xm9d62x/+St63/dyrx6V+v5u+N+vXequZevXaM99xb9SUzr52Kr5liv7XnhHTO
        DAOZx5wuzipTWYDO+PEMSt/xuebXq682sMm96FUdhFBsqTqgoBdYAT/YeqHd2rRahX3L3fiin3X+XPbuz63kJn+mpPObW/1xN/W1E57+d3riF9OAHROU0KC8WAE+G6gzHZsZeHNu1apr
        /f3+4wtR48ws8l3OzgWy2/8e8suaiO4KpfHcIA==
        """;

    private static readonly byte[] Lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 600).Select(i => $"{i * 7919 % 1009} driver {i * i % 97} late;")));

    [Fact]
    public void Reads_what_the_reference_program_wrote() => Assert.Equal(Lines, Decompress(LinesFrame(), Lines.Length));

    [Fact]
    public void Frames_follow_each_other_and_skippable_ones_are_skipped()
    {
        byte[] skippable = [0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
        byte[] source = [.. skippable, .. LinesFrame(), .. skippable, .. LinesFrame()];
        Assert.Equal([.. Lines, .. Lines], Decompress(source, 2 * Lines.Length));
    }

    [Fact]
    public void Raw_and_repeated_blocks_and_empty_frames_are_read()
    {
        Assert.Equal("abc"u8, Decompress(Single(3, 0x19, 0, 0, (byte)'a', (byte)'b', (byte)'c'), 3));
        Assert.Equal(Enumerable.Repeat((byte)'z', 200), Decompress(Single(200, 0x43, 6, 0, (byte)'z'), 200));
        Assert.Empty(Decompress(Single(0, 1, 0, 0), 0));
        Assert.Empty(Decompress([], 0));
    }

    [Fact]
    public void A_frame_that_needs_a_dictionary_is_said_to_need_one()
    {
        byte[] source = [0x28, 0xb5, 0x2f, 0xfd, 0x21, 7, 1, 0x09, 0, 0, (byte)'a'];
        var error = Assert.Throws<NotSupportedException>(() => Decompress(source, 1));
        Assert.Contains("dictionary", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_length_other_than_expected_is_refused()
    {
        Refused(LinesFrame(), Lines.Length - 1);
        Refused(LinesFrame(), Lines.Length + 1);
        Refused(LinesFrame(), 0);
        Refused([], 1);
    }

    [Fact]
    public void A_flipped_bit_is_found_by_the_checksum_or_before()
    {
        var frame = LinesFrame();
        for (var bit = 0; bit < frame.Length * 8; bit += bit < 1000 ? 1 : 11)
        {
            var broken = (byte[])frame.Clone();
            broken[bit / 8] ^= (byte)(1 << bit % 8);
            try
            {
                // Some bits mean nothing: the window's size, for one. What is returned is right in any case.
                Assert.Equal(Lines, Decompress(broken, Lines.Length));
            }
            catch (Exception error) when (error is InvalidDataException or NotSupportedException)
            {
                Assert.NotEmpty(error.Message);
            }
        }
    }

    [Fact]
    public void Every_cut_is_refused()
    {
        var frame = LinesFrame();
        for (var length = 0; length < frame.Length; length++) Refused(frame[..length], Lines.Length);
    }

    [Fact]
    public void Broken_frames_never_touch_anything_outside()
    {
        var random = new Random(11);
        var frame = LinesFrame();
        frame[4] &= 0xfb;
        frame = frame[..^4];
        Assert.Equal(Lines, Decompress(frame, Lines.Length));
        var guarded = new byte[Lines.Length + 200];
        for (var round = 0; round < 8_000; round++)
        {
            var broken = (byte[])frame.Clone();
            for (var i = random.Next(1, 5); i > 0; i--) broken[random.Next(round % 2 == 0 ? 120 : broken.Length)] = (byte)random.Next(256);
            try
            {
                ZstdDecoder.Decompress(broken.AsSpan(0, round % 4 == 0 ? random.Next(broken.Length + 1) : broken.Length), guarded.AsSpan(100, Lines.Length));
            }
            catch (Exception error) when (error is InvalidDataException or NotSupportedException)
            {
                Assert.NotEmpty(error.Message);
            }

            Assert.False(guarded.AsSpan(0, 100).ContainsAnyExcept((byte)0) || guarded.AsSpan(^100).ContainsAnyExcept((byte)0));
        }
    }

    [Theory]
    [InlineData("", 0xEF46DB3751D8E999)]
    [InlineData("a", 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0x44BC2CF5AD770999)]
    public void The_hash_is_xxhash64(string text, ulong expected) => Assert.Equal(expected, XxHash64.Hash(Encoding.ASCII.GetBytes(text)));

    private static byte[] LinesFrame() => Convert.FromBase64String(Frame);

    /// <summary>A frame of less than 256 bytes.</summary>
    private static byte[] Single(byte size, params byte[] blocks) => [0x28, 0xb5, 0x2f, 0xfd, 0x20, size, .. blocks];

    private static byte[] Decompress(byte[] source, int length)
    {
        var target = new byte[length];
        ZstdDecoder.Decompress(source, target);
        return target;
    }

    private static void Refused(byte[] source, int length) => Assert.Throws<InvalidDataException>(() => Decompress(source, length));
}
