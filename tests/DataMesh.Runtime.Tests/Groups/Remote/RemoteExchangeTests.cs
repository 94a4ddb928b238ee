using DataMesh.Core.Columns;
using DataMesh.DataPlane.Exchanges;
using DataMesh.Runtime.Groups.Remote;

namespace DataMesh.Runtime.Tests.Groups.Remote;

public sealed class RemoteExchangeTests : IDisposable
{
    private const int Tasks = 3;
    private static readonly Schema Schema = new([new Field("n", DataType.Int64)]);
    private readonly RemoteExchange[] _instances = new RemoteExchange[Tasks];

    public RemoteExchangeTests()
    {
        for (var self = 0; self < Tasks; self++)
            _instances[self] = new RemoteExchange(self, Tasks, 64, null, (to, message, cancellation) => _instances[to].AcceptAsync(message, cancellation));
    }

    public void Dispose()
    {
        foreach (var instance in _instances) instance.Dispose();
    }

    [Fact]
    public async Task Everything_arrives_once_in_the_order_of_its_sender()
    {
        const int Batches = 100;
        var sending = Enumerable.Range(0, Tasks).Select(from => Task.Run(async () =>
        {
            for (var i = 0; i < Batches; i++) await _instances[from].SendAsync(from, i % Tasks, Rows(from, from * 1_000 + i), default);
            for (var to = 0; to < Tasks; to++)
            {
                await _instances[from].SendAsync(from, to, new Parcel(ParcelKind.State, from) { State = new byte[(from * 9) << 20] }, default);
                await _instances[from].SendAsync(from, to, new Parcel(ParcelKind.End, from) { IsDrained = true }, default);
            }
        }));
        var received = new List<long>[Tasks];
        var states = new List<int>[Tasks];
        var receiving = Enumerable.Range(0, Tasks).Select(to => Task.Run(async () =>
        {
            (received[to], states[to]) = ([], []);
            for (var ended = 0; ended < Tasks;)
            {
                using var parcel = await _instances[to].ReceiveAsync(to, default);
                if (parcel!.Batch is { } batch) received[to].Add(((FixedColumn<long>)batch[0])[0]);
                else if (parcel.State is { } state) states[to].Add(state.Length >> 20);
                else ended++;
            }
        }));
        await Task.WhenAll(sending.Concat(receiving)).WaitAsync(TimeSpan.FromMinutes(1));
        for (var to = 0; to < Tasks; to++)
        {
            Assert.Equal(Enumerable.Range(0, Tasks).Sum(_ => Enumerable.Range(0, Batches).Count(i => i % Tasks == to)), received[to].Count);
            foreach (var own in received[to].GroupBy(row => row / 1_000)) Assert.Equal(own.Order(), own);
            Assert.Equal([0, 9, 18], states[to].Order());
        }
    }

    [Fact]
    public async Task One_that_gives_up_gives_up_for_all()
    {
        await _instances[0].SendAsync(0, 1, Rows(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), default);
        var sending = _instances[0].SendAsync(0, 1, Rows(0, 2), default).AsTask();
        var receiving = _instances[0].ReceiveAsync(0, default).AsTask();
        Assert.False(sending.IsCompleted);
        _instances[2].GiveUp();
        await sending.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Null(await receiving.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.All(_instances, instance => Assert.True(instance.IsGivenUp));
    }

    [Fact]
    public async Task A_message_of_a_task_that_is_none_is_refused()
    {
        var message = ParcelFormat.Write(new Parcel(ParcelKind.End, Tasks), new Formats.Frames.FrameEncoder()).Single();
        await Assert.ThrowsAsync<FormatException>(() => _instances[0].AcceptAsync(message, default));
    }

    private static Parcel Rows(int from, params long[] values) =>
        new(ParcelKind.Rows, from) { Batch = new RecordBatch(Schema, [FixedColumn<long>.From(DataType.Int64, values)], values.Length) };
}
