using DataMesh.Core.Columns;
using DataMesh.DataPlane.Exchanges;

namespace DataMesh.DataPlane.Tests.Exchanges;

public class LocalExchangeTests
{
    private static readonly Schema Schema = new([new Field("n", DataType.Int64)]);

    [Fact]
    public async Task An_epoch_ends_for_a_receiver_when_all_senders_have_ended_it()
    {
        using var exchange = new LocalExchange(2, 1, 1 << 20);
        await exchange.SendAsync(0, 0, Batch(1), default);
        await exchange.EndAsync(0, 5, default);
        await exchange.SendAsync(0, 0, Batch(2), default);
        await exchange.SendAsync(1, 0, Batch(3), default);
        Assert.Equal([1L, 3L], (await TakeAsync(exchange, 2)).Order());
        var next = exchange.ReceiveAsync(0, default);
        Assert.False(next.IsCompleted);
        await exchange.EndAsync(1, 5, default);
        Assert.Equal(new Received(null, -1, 5), await next);
        Assert.Equal([2L], await TakeAsync(exchange, 1));
    }

    [Fact]
    public async Task A_sender_without_credit_waits_until_the_receiver_takes()
    {
        using var exchange = new LocalExchange(2, 2, 8);
        await exchange.SendAsync(0, 0, Batch(1), default);
        var waiting = exchange.SendAsync(0, 0, Batch(2), default).AsTask();
        Assert.False(waiting.IsCompleted);
        await exchange.SendAsync(0, 1, Batch(3), default);
        await exchange.SendAsync(1, 0, Batch(4, 5, 6), default);
        Assert.False(waiting.IsCompleted);
        await TakeAsync(exchange, 2);
        await waiting;
        Assert.Equal([2L], await TakeAsync(exchange, 1));
    }

    [Fact]
    public async Task Senders_that_end_different_epochs_are_found_out()
    {
        using var exchange = new LocalExchange(2, 1, 100);
        await exchange.EndAsync(0, 5, default);
        await exchange.EndAsync(1, 6, default);
        await Assert.ThrowsAsync<InvalidOperationException>(() => exchange.ReceiveAsync(0, default).AsTask());
    }

    [Fact]
    public async Task Many_senders_and_receivers_exchange_everything_once_and_in_order()
    {
        const int Senders = 3, Receivers = 4, Epochs = 5, Batches = 40;
        using var exchange = new LocalExchange(Senders, Receivers, 64);
        var received = new List<long>[Receivers, Epochs];
        var sending = Enumerable.Range(0, Senders).Select(from => Task.Run(async () =>
        {
            for (var epoch = 0; epoch < Epochs; epoch++)
            {
                for (var i = 0; i < Batches; i++) await exchange.SendAsync(from, i % Receivers, Batch(from * 1_000_000 + epoch * 1_000 + i), default);
                await exchange.EndAsync(from, epoch, default);
            }
        }));
        var receiving = Enumerable.Range(0, Receivers).Select(to => Task.Run(async () =>
        {
            for (var epoch = 0; epoch < Epochs; epoch++)
            {
                var rows = received[to, epoch] = [];
                while (await exchange.ReceiveAsync(to, default) is { Batch: { } batch })
                {
                    using (batch) rows.Add(((FixedColumn<long>)batch[0])[0]);
                }
            }
        }));
        await Task.WhenAll(sending.Concat(receiving)).WaitAsync(TimeSpan.FromMinutes(1));
        for (var to = 0; to < Receivers; to++)
        {
            for (var epoch = 0; epoch < Epochs; epoch++)
            {
                var rows = received[to, epoch];
                Assert.Equal(Senders * Batches / Receivers, rows.Count);
                Assert.All(rows, row => Assert.Equal((to, epoch), ((int)(row % 1_000) % Receivers, (int)(row / 1_000 % 1_000))));
                foreach (var own in rows.GroupBy(row => row / 1_000_000)) Assert.Equal(own.Order(), own);
            }
        }
    }

    [Fact]
    public void Equal_keys_meet_in_one_task_and_every_row_goes_to_one()
    {
        var schema = new Schema([new Field("k", DataType.Float64), new Field("s", DataType.String)]);
        object?[] keys = [0.0, -0.0, double.NaN, -double.NaN, null, 1.5];
        var (numbers, texts) = (new ColumnBuilder(DataType.Float64), new ColumnBuilder(DataType.String));
        for (var row = 0; row < 600; row++)
        {
            numbers.AppendObject(keys[row % keys.Length]);
            texts.AppendObject($"key {row / keys.Length}");
        }

        using var batch = new RecordBatch(schema, [numbers.Build(), texts.Build()], 600);
        var byNumber = KeyGroups.Of(batch, [0]);
        Assert.Equal(byNumber[0], byNumber[1]);
        Assert.Equal(byNumber[2], byNumber[3]);
        Assert.All(Enumerable.Range(6, 594), row => Assert.Equal(byNumber[row % 6], byNumber[row]));
        Assert.Single(KeyGroups.Of(batch, []).Distinct());
        foreach (var tasks in new[] { 1, 2, 5, 64, 100 })
        {
            var parts = KeyGroups.Divide(batch, [1], tasks);
            Assert.Equal(600, parts.Sum(part => part?.Length ?? 0));
            Assert.True(tasks == 1 || parts.Count(part => part is not null) > 1);
            var seen = parts.SelectMany((part, task) => part is null ? [] : JsonRows.Write(part).Select(row => (Key: row[row.IndexOf("\"s\"", StringComparison.Ordinal)..], task))).ToList();
            Assert.All(seen.GroupBy(each => each.Key), same => Assert.Single(same.Select(each => each.task).Distinct()));
            foreach (var part in parts) part?.Dispose();
        }
    }

    [Fact]
    public void Groups_go_to_tasks_in_runs_of_nearly_equal_length()
    {
        foreach (var tasks in new[] { 1, 2, 3, 5, 7, 64 })
        {
            var sizes = Enumerable.Range(0, KeyGroups.Count).GroupBy(group => KeyGroups.TaskOf(group, tasks)).Select(own => own.Count()).ToList();
            Assert.Equal(tasks, sizes.Count);
            Assert.InRange(sizes.Max() - sizes.Min(), 0, 1);
        }
    }

    private static async Task<List<long>> TakeAsync(LocalExchange exchange, int batches)
    {
        var rows = new List<long>();
        for (var i = 0; i < batches; i++)
        {
            using var batch = (await exchange.ReceiveAsync(0, default)).Batch!;
            rows.AddRange(((FixedColumn<long>)batch[0]).Values.ToArray());
        }

        return rows;
    }

    private static RecordBatch Batch(params long[] values) => new(Schema, [FixedColumn<long>.From(DataType.Int64, values)], values.Length);
}
