using DataMesh.Core.Columns;
using DataMesh.DataPlane.Exchanges;
using DataMesh.DataPlane.Flow;

namespace DataMesh.DataPlane.Tests.Exchanges;

public class LocalExchangeTests
{
    private static readonly Schema Schema = new([new Field("n", DataType.Int64)]);

    [Fact]
    public async Task A_sender_without_credit_waits_until_the_receiver_takes()
    {
        using var exchange = new LocalExchange(2, 8);
        await exchange.SendAsync(0, 0, Rows(0, 1), default);
        var waiting = exchange.SendAsync(0, 0, Rows(0, 2), default).AsTask();
        Assert.False(waiting.IsCompleted);
        await exchange.SendAsync(0, 1, Rows(0, 3), default);
        await exchange.SendAsync(1, 0, Rows(1, 4, 5, 6), default);
        Assert.False(waiting.IsCompleted);
        Assert.Equal(32, exchange.WaitingAt(0));
        Assert.Equal([1L, 4, 5, 6], await TakeAsync(exchange, 0, 2));
        await waiting;
        Assert.Equal([2L], await TakeAsync(exchange, 0, 1));
        Assert.Equal(0, exchange.WaitingAt(0));
    }

    [Fact]
    public async Task A_mark_waits_for_no_credit_and_comes_behind_the_rows_of_its_sender()
    {
        using var exchange = new LocalExchange(2, 8);
        await exchange.SendAsync(0, 1, Rows(0, 1), default);
        await exchange.SendAsync(0, 1, new Parcel(ParcelKind.SplitEnd, 0) { Split = 7 }, default);
        Assert.Equal([1L], await TakeAsync(exchange, 1, 1));
        Assert.Equal(7, (await exchange.ReceiveAsync(1, default))!.Split);
    }

    [Fact]
    public async Task Nobody_waits_when_the_attempt_is_given_up()
    {
        var budget = new ByteBudget(100);
        using var exchange = new LocalExchange(2, 8, budget);
        await exchange.SendAsync(0, 0, Rows(0, 1), default);
        var sending = exchange.SendAsync(0, 0, Rows(0, 2), default).AsTask();
        var receiving = exchange.ReceiveAsync(1, default).AsTask();
        Assert.Equal(8, budget.Spent);
        exchange.GiveUp();
        await sending;
        Assert.Null(await receiving);
        Assert.Null(await exchange.ReceiveAsync(0, default));
        await exchange.SendAsync(0, 0, Rows(0, 3), default);
        Assert.True(exchange.IsGivenUp);
        Assert.Equal(0, budget.Spent);
    }

    [Fact]
    public async Task Who_waits_can_be_cancelled()
    {
        using var exchange = new LocalExchange(1, 8);
        using var cancelling = new CancellationTokenSource();
        await exchange.SendAsync(0, 0, Rows(0, 1), default);
        var sending = exchange.SendAsync(0, 0, Rows(0, 2), cancelling.Token).AsTask();
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public async Task Many_senders_and_receivers_exchange_everything_once_and_in_order()
    {
        const int Tasks = 4, Batches = 200;
        using var exchange = new LocalExchange(Tasks, 64);
        var sending = Enumerable.Range(0, Tasks).Select(from => Task.Run(async () =>
        {
            for (var i = 0; i < Batches; i++) await exchange.SendAsync(from, i % Tasks, Rows(from, from * 1_000 + i), default);
            for (var to = 0; to < Tasks; to++) await exchange.SendAsync(from, to, new Parcel(ParcelKind.End, from), default);
        }));
        var received = new List<long>[Tasks];
        var receiving = Enumerable.Range(0, Tasks).Select(to => Task.Run(async () =>
        {
            received[to] = [];
            for (var ended = 0; ended < Tasks;)
            {
                using var parcel = await exchange.ReceiveAsync(to, default);
                if (parcel!.Batch is { } batch) received[to].Add(((FixedColumn<long>)batch[0])[0]);
                else ended++;
            }
        }));
        await Task.WhenAll(sending.Concat(receiving)).WaitAsync(TimeSpan.FromMinutes(1));
        for (var to = 0; to < Tasks; to++)
        {
            Assert.Equal(Batches, received[to].Count);
            Assert.All(received[to], row => Assert.Equal(to, row % 1_000 % Tasks));
            foreach (var own in received[to].GroupBy(row => row / 1_000)) Assert.Equal(own.Order(), own);
        }
    }

    private static async Task<List<long>> TakeAsync(LocalExchange exchange, int to, int parcels)
    {
        var rows = new List<long>();
        for (var i = 0; i < parcels; i++)
        {
            using var parcel = await exchange.ReceiveAsync(to, default);
            rows.AddRange(((FixedColumn<long>)parcel!.Batch![0]).Values.ToArray());
        }

        return rows;
    }

    private static Parcel Rows(int from, params long[] values) =>
        new(ParcelKind.Rows, from) { Batch = new RecordBatch(Schema, [FixedColumn<long>.From(DataType.Int64, values)], values.Length) };
}
