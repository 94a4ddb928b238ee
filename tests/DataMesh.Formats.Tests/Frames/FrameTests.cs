using System.Text;
using DataMesh.Core.Columns;
using DataMesh.Formats.Frames;

namespace DataMesh.Formats.Tests.Frames;

public class FrameTests
{
    private static readonly Schema Columns = new(
    [
        new Field("i", DataType.Int64), new Field("f", DataType.Float64), new Field("b", DataType.Bool), new Field("s", DataType.String, false), new Field("d", DataType.Date),
        new Field("t", DataType.Timestamp), new Field("m", DataType.Decimal(20, 4)), new Field("x", DataType.Binary), new Field("j", DataType.Json), new Field("n", DataType.Null),
    ]);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(5_000)]
    public void Batches_of_every_type_survive(int rows)
    {
        using var sent = Rows(rows, nulls: true);
        Check(sent);
        using var whole = Rows(rows, nulls: false);
        Check(whole);
        if (rows < 3) return;
        using var taken = sent.Take([2, 0, 1]);
        Check(taken);
    }

    [Fact]
    public void Dictionaries_are_sent_as_their_values()
    {
        var dictionary = new ValueDictionary();
        int[] codes = [dictionary.Add("Oslo"u8), dictionary.Add("Rome"u8), 0, 1];
        var buffer = PooledBuffer.Rent<int>(codes.Length);
        codes.CopyTo(buffer.As<int>());
        using var sent = new RecordBatch(new Schema([new Field("c", DataType.String)]), [new VarColumn(DataType.String, buffer, dictionary, codes.Length)], codes.Length);
        Check(sent);
    }

    [Fact]
    public void A_batch_without_columns_keeps_its_rows()
    {
        using var sent = new RecordBatch(Schema.Empty, [], 42);
        Check(sent);
    }

    [Fact]
    public void What_repeats_is_compressed_and_what_does_not_is_sent_as_it_is()
    {
        var encoder = new FrameEncoder();
        using var same = Texts(Enumerable.Repeat("the same again and again", 2_000));
        using var small = encoder.Encode(same);
        Assert.InRange(small.Length, 1, (int)same.ByteSize / 5);
        var random = new Random(7);
        using var noise = Texts(Enumerable.Range(0, 200).Select(_ => new string([.. Enumerable.Range(0, 40).Select(_ => (char)random.Next(32, 127))])));
        using var plain = encoder.Encode(noise);
        Assert.Equal(0, plain.Span[5]);
    }

    [Fact]
    public void The_end_of_an_epoch_survives()
    {
        using var end = new FrameEncoder().Encode(long.MaxValue - 3);
        Assert.Equal(new Frame(FrameKind.End, Epoch: long.MaxValue - 3), new FrameDecoder().Decode(end.Span));
    }

    [Fact]
    public void A_batch_before_its_schema_is_refused()
    {
        using var batch = Rows(3, nulls: true);
        using var frame = new FrameEncoder().Encode(batch);
        Assert.Throws<FormatException>(() => new FrameDecoder().Decode(frame.Span));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Damaged_frames_are_refused(int seed)
    {
        var random = new Random(seed);
        var frames = Frames();
        for (var i = 0; i < 3_000; i++)
        {
            var frame = (byte[])frames[random.Next(frames.Count)].Clone();
            switch (random.Next(3))
            {
                case 0: frame[random.Next(frame.Length)] ^= (byte)(1 << random.Next(8)); break;
                case 1: frame = frame[..random.Next(frame.Length)]; break;
                default: frame = [.. frame, (byte)random.Next(256)]; break;
            }

            Assert.Throws<FormatException>(() => Decoder().Decode(frame));
        }
    }

    /// <summary>What a broken or hostile sender could make: the checksum is right, the content is not.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Nonsense_under_a_right_checksum_is_refused_or_gives_columns_that_can_be_read(int seed)
    {
        var random = new Random(seed);
        var frames = Frames();
        for (var i = 0; i < 3_000; i++)
        {
            var frame = (byte[])frames[random.Next(frames.Count)].Clone();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                var at = random.Next(4, frame.Length);
                frame[at] = random.Next(3) == 0 ? (byte)random.Next(256) : random.Next(2) == 0 ? (byte)255 : (byte)0;
            }

            BitConverter.TryWriteBytes(frame.AsSpan(FrameFormat.ChecksumAt), FrameEncoder.Checksum(frame));
            try
            {
                using var batch = Decoder().Decode(frame).Batch;
                if (batch is not null)
                    foreach (var column in batch.Columns.OfType<VarColumn>())
                        for (var row = 0; row < column.Length; row++) _ = column[row].Length;
            }
            catch (FormatException)
            {
            }
        }
    }

    [Fact]
    public void A_frame_that_is_too_large_is_refused_by_its_header()
    {
        var header = new byte[FrameFormat.HeaderBytes];
        BitConverter.TryWriteBytes(header, FrameFormat.PayloadBytesMax + 1);
        Assert.Throws<FormatException>(() => FrameFormat.LengthOf(header));
        Assert.Throws<FormatException>(() => FrameFormat.LengthOf(header.AsSpan(0, 7)));
    }

    private static List<byte[]> Frames()
    {
        var encoder = new FrameEncoder();
        var frames = new List<byte[]>();
        foreach (var (rows, nulls) in new[] { (3, true), (70, false), (900, true) })
        {
            using var batch = Rows(rows, nulls);
            using var frame = encoder.Encode(batch);
            frames.Add(frame.Span.ToArray());
        }

        using var schema = encoder.Encode(Columns);
        frames.Add(schema.Span.ToArray());
        using var end = encoder.Encode(5L);
        frames.Add(end.Span.ToArray());
        return frames;
    }

    private static FrameDecoder Decoder()
    {
        var decoder = new FrameDecoder();
        using var schema = new FrameEncoder().Encode(Columns);
        decoder.Decode(schema.Span);
        return decoder;
    }

    private static void Check(RecordBatch sent)
    {
        var (encoder, decoder) = (new FrameEncoder(), new FrameDecoder());
        using var schema = encoder.Encode(sent.Schema);
        Assert.Equal(sent.Schema, decoder.Decode(schema.Span).Schema);
        using var frame = encoder.Encode(sent);
        Assert.Equal(frame.Length, FrameFormat.LengthOf(frame.Span));
        using var received = decoder.Decode(frame.Span).Batch!;
        Assert.Equal(sent.Length, received.Length);
        Assert.Equal(JsonRows.Write(sent), JsonRows.Write(received));
        for (var i = 0; i < sent.Columns.Count; i++) Assert.Equal(sent[i].NullCount, received[i].NullCount);
    }

    private static RecordBatch Texts(IEnumerable<string> values)
    {
        var builder = new ColumnBuilder(DataType.String);
        var count = 0;
        foreach (var value in values)
        {
            builder.AppendObject(value);
            count++;
        }

        return new RecordBatch(new Schema([new Field("s", DataType.String)]), [builder.Build()], count);
    }

    private static RecordBatch Rows(int rows, bool nulls)
    {
        var builders = Columns.Select(field => new ColumnBuilder(field.Type)).ToArray();
        var at = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        for (var row = 0; row < rows; row++)
        {
            object?[] values =
            [
                row * 7L, row / 3.0, row % 2 == 0, $"text {row} æ", DateOnly.FromDateTime(at).AddDays(row), at.AddSeconds(row), row + 0.25m,
                Encoding.UTF8.GetBytes($"bytes {row}"), $"{{\"a\":{row}}}", null,
            ];
            for (var i = 0; i < values.Length; i++) builders[i].AppendObject(nulls && i != 3 && (row + i) % 5 == 0 ? null : values[i]);
        }

        return new RecordBatch(Columns, [.. builders.Select(builder => builder.Build())], rows);
    }
}
