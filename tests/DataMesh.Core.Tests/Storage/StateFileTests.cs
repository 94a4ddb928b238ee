using DataMesh.Core.Storage;

namespace DataMesh.Core.Tests.Storage;

public class StateFileTests
{
    [Fact]
    public void What_was_written_is_read_in_order()
    {
        var large = new byte[200_000];
        new Random(1).NextBytes(large);
        var reader = new StateReader(new MemoryStream(Write(isWhole: true, writer =>
        {
            writer.Byte(7);
            writer.Flag(true);
            writer.Int32(-5);
            writer.Int64(long.MinValue);
            writer.Int128(Int128.MaxValue);
            writer.Double(double.NegativeZero);
            writer.Text("müde");
            writer.Bytes(large);
        })));
        Assert.True(reader.IsWhole);
        Assert.Equal(7, reader.Byte());
        Assert.True(reader.Flag());
        Assert.Equal(-5, reader.Int32());
        Assert.Equal(long.MinValue, reader.Int64());
        Assert.Equal(Int128.MaxValue, reader.Int128());
        Assert.Equal(BitConverter.DoubleToInt64Bits(double.NegativeZero), BitConverter.DoubleToInt64Bits(reader.Double()));
        Assert.Equal("müde", reader.Text());
        Assert.Equal(large, reader.Bytes());
        Assert.Equal(0, reader.Left);
        Assert.Throws<FormatException>(() => reader.Byte());
    }

    [Fact]
    public void Every_flipped_bit_and_every_cut_is_noticed()
    {
        var file = Write(isWhole: false, writer => writer.Text("some state"));
        Assert.False(new StateReader(new MemoryStream(file)).IsWhole);
        for (var i = 0; i < file.Length; i++)
        {
            var damaged = (byte[])file.Clone();
            damaged[i] ^= 0x10;
            Assert.Throws<FormatException>(() => new StateReader(new MemoryStream(damaged)));
            Assert.Throws<FormatException>(() => new StateReader(new MemoryStream(file[..i])));
        }
    }

    [Fact]
    public void A_count_beyond_the_file_is_refused()
    {
        var reader = new StateReader(new MemoryStream(Write(isWhole: true, writer => writer.Int32(int.MaxValue))));
        Assert.Throws<FormatException>(() => reader.Bytes());
    }

    private static byte[] Write(bool isWhole, Action<StateWriter> fill)
    {
        var stream = new MemoryStream();
        var writer = new StateWriter(stream);
        writer.Raw(StateWriter.Magic);
        fill(writer);
        writer.Finish(isWhole);
        Assert.Equal(stream.Length, writer.Length);
        return stream.ToArray();
    }
}
