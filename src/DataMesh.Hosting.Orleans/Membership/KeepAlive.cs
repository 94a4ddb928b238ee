using DataMesh.Hosting.Orleans.Grains;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Hosting.Orleans.Membership;

/// <summary>
/// Has groups activated that must be running and are not: at once when silos come or go, and from time to time. The reminders say which; they alone would do
/// it too, but only once a minute.
/// </summary>
internal sealed class KeepAlive(OrleansHost host)
{
    private const int AtOnce = 64;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private readonly Balance _balance = new(host);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _look = new(0, 1);
    private readonly CancellationTokenSource _ended = new();
    private Func<OrleansId, bool> _isOurs = _ => true;
    private Task _loop = Task.CompletedTask;

    /// <summary>Begins; the groups of which <paramref name="isOurs"/> says so are this silo's to look after.</summary>
    public void Begin(Func<OrleansId, bool> isOurs)
    {
        _isOurs = isOurs;
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Looks again at once.</summary>
    public void LookNow()
    {
        try
        {
            _look.Release();
        }
        catch (SemaphoreFullException)
        {
        }
    }

    /// <summary>Looks no more.</summary>
    public async Task EndAsync()
    {
        await _ended.CancelAsync();
        await _loop;
    }

    private async Task LoopAsync()
    {
        var swept = host.Clock.GetTimestamp();
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                await LookAsync();
                await _balance.MoveAsync(_ended.Token);
                if (host.Clock.GetElapsedTime(swept) >= host.Options.IdleTime / 4)
                {
                    host.RetireIdle();
                    swept = host.Clock.GetTimestamp();
                }

                await _look.WaitAsync(host.Options.SettleTime < LookEvery ? host.Options.SettleTime : LookEvery, _ended.Token);
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
            }
            catch (Exception error)
            {
                host.Log($"could not look after what must be running: {error.Message}");
                await Task.Delay(TimeSpan.FromSeconds(1), host.Clock, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task LookAsync()
    {
        if (host.IsLeaving) return;
        var rows = await host.Reminders.ReadRows(0, 0).WaitAsync(Patience, _ended.Token);
        var groups = rows.Reminders.Where(row => row.GrainId.Type == GroupGrain.GroupType && _isOurs(row.GrainId)).Select(row => row.GrainId.Key.ToString()!);
        await Parallel.ForEachAsync(
            groups.Where(group => host.TryFind(group) is null), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = _ended.Token }, TakeUpAsync);
    }

    private async ValueTask TakeUpAsync(string group, CancellationToken cancellation)
    {
        try
        {
            await host.Grains.GetGrain<IGroupGrain>(group).WhereAsync().WaitAsync(Patience, cancellation);
        }
        catch (Exception error) when (error is OrleansException or TimeoutException or ElsewhereException or GrainCallException)
        {
            LookNow();
        }
    }
}
