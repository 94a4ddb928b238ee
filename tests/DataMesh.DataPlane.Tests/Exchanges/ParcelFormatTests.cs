using DataMesh.Core.Columns;
using DataMesh.DataPlane.Exchanges;
using DataMesh.DataPlane.Graph;
using DataMesh.Formats.Frames;

namespace DataMesh.DataPlane.Tests.Exchanges;

public class ParcelFormatTests
{
    [Fact]
    public void Rows_and_marks_come_out_as_they_went_in()
    {
        using var rows = Rows();
        var (read, hasMore) = ParcelFormat.Read(Assert.Single(ParcelFormat.Write(rows, new FrameEncoder())));
        using (read)
        {
            Assert.Equal((ParcelKind.Rows, 3, rows.To, false), (read.Kind, read.From, read.To, hasMore));
            Assert.Equal(JsonRows.Write(rows.Batch!), JsonRows.Write(read.Batch!));
            Assert.Equal(rows.Batch!.Schema, read.Batch!.Schema);
        }

        var end = new Parcel(ParcelKind.End, 1) { Split = 77, IsDrained = true };
        Assert.Equal(end, ParcelFormat.Read(Assert.Single(ParcelFormat.Write(end, new FrameEncoder()))).Parcel);
    }

    [Fact]
    public void A_large_state_crosses_in_parts()
    {
        var state = new byte[20 << 20];
        new Random(1).NextBytes(state);
        var parts = ParcelFormat.Write(new Parcel(ParcelKind.State, 0) { State = state }, new FrameEncoder()).Select(message => ParcelFormat.Read(message)).ToList();
        Assert.Equal([true, true, false], parts.Select(part => part.HasMore));
        Assert.Equal(state, parts.SelectMany(part => part.Parcel.State!).ToArray());
        Assert.Single(ParcelFormat.Write(new Parcel(ParcelKind.State, 0) { State = [] }, new FrameEncoder()));
    }

    [Fact]
    public void Whatever_is_wrong_with_a_message_is_refused()
    {
        using var rows = Rows();
        var message = ParcelFormat.Write(rows, new FrameEncoder()).Single();
        for (var length = 0; length < message.Length; length++) Assert.Throws<FormatException>(() => ParcelFormat.Read(message.AsSpan(0, length)));
        for (var at = 0; at < message.Length; at++)
        {
            var garbled = message.ToArray();
            garbled[at] ^= 0x10;
            Assert.Throws<FormatException>(() => ParcelFormat.Read(garbled));
        }
    }

    private static Parcel Rows()
    {
        var schema = new Schema([new Field("n", DataType.Int64), new Field("s", DataType.String)]);
        var (numbers, texts) = (new ColumnBuilder(DataType.Int64), new ColumnBuilder(DataType.String));
        for (var row = 0; row < 20; row++)
        {
            numbers.AppendObject(row % 7 == 0 ? null : (long)row);
            texts.AppendObject($"text {row % 3}");
        }

        return new Parcel(ParcelKind.Rows, 3) { To = new Edge(4, 1, false), Batch = new RecordBatch(schema, [numbers.Build(), texts.Build()], 20) };
    }
}
