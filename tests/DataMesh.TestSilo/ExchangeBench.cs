using System.Collections.Concurrent;
using DataMesh.ControlPlane.Grains;
using DataMesh.Core.Columns;
using DataMesh.DataPlane.Exchanges;
using DataMesh.Runtime.Groups.Remote;
using DataMesh.Runtime.Hosting;
using DataMesh.Runtime.Hosting.Peers;

namespace DataMesh.TestSilo;

/// <summary>Rows that pass from a task in this silo to one in another, as those of an exchange do: encoded, sent, taken in, let go of.</summary>
internal sealed class ExchangeBench : IAsyncDisposable
{
    private const int Rows = 16 * 1024;
    private const long Credit = 12 << 20;

    private static readonly ConcurrentDictionary<int, RemoteExchange> Inboxes = new();

    private readonly BlockingCollection<RemoteExchange> _senders;
    private readonly RecordBatch _batch = Trips();

    private ExchangeBench(IReadOnlyList<RemoteExchange> senders) => _senders = [.. senders];

    /// <summary>Column memory of what is sent at once.</summary>
    public long BatchBytes => _batch.ByteSize;

    /// <summary>Tasks that send to the silo of a grain.</summary>
    public static async Task<ExchangeBench> ToAsync(ISiloHost silo, GrainId there, int senders)
    {
        var peers = silo.Peers!;
        var place = await peers.FindAsync(there, false, default);
        return new ExchangeBench([.. Enumerable.Range(0, senders).Select(number => new RemoteExchange(0, 2, Credit, null, async (_, message, cancellation) =>
            await peers.AskAsync(place, PeerPaths.Exchange, new ExchangeCall("bench", 0, number, 1, message).ToBytes(), ExchangeCall.BytesMax, cancellation) is [(byte)ExchangeAnswer.Accepted]))]);
    }

    /// <summary>Sends one batch.</summary>
    public async Task SendAsync(long number)
    {
        var sender = _senders.Take();
        await sender.SendAsync(0, 1, new Parcel(ParcelKind.Rows, 0) { Batch = _batch.Share() }, default);
        _senders.Add(sender);
    }

    /// <summary>Takes in what is sent here.</summary>
    public static async Task<ExchangeAnswer> AcceptAsync(ExchangeCall call, CancellationToken cancellation)
    {
        var inbox = Inboxes.GetOrAdd(call.Attempt, static attempt =>
        {
            var made = new RemoteExchange(1, 2, Credit, null, (_, _, _) => Task.FromResult(false));
            _ = DrainAsync(made);
            return made;
        });
        return await inbox.AcceptAsync(call.Parcel, cancellation) ? ExchangeAnswer.Accepted : ExchangeAnswer.GivenUp;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var sender in _senders) sender.Dispose();
        _batch.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task DrainAsync(RemoteExchange inbox)
    {
        while (await inbox.ReceiveAsync(1, default) is { } parcel) parcel.Dispose();
    }

    private static RecordBatch Trips()
    {
        var random = new Random(1);
        var schema = new Schema([
            new Field("id", DataType.Int64), new Field("zone", DataType.String), new Field("distance", DataType.Float64), new Field("amount", DataType.Float64),
            new Field("email", DataType.String), new Field("flagged", DataType.Bool)]);
        var builders = schema.Select(field => new ColumnBuilder(field.Type)).ToArray();
        for (var row = 0; row < Rows; row++)
        {
            object?[] values = [(long)row, $"Z-{random.Next(10_000):D5}", Math.Round(random.NextDouble() * 30, 3), Math.Round(random.NextDouble() * 90, 2), $"rider.{random.Next(2_000_000)}@example.com", row % 50 == 0];
            for (var i = 0; i < builders.Length; i++) builders[i].AppendObject(values[i]);
        }

        return new RecordBatch(schema, [.. builders.Select(builder => builder.Build())], Rows);
    }
}
