using DataMesh.Core.Errors;
using DataMesh.DataPlane.Flow;

namespace DataMesh.Runtime.Groups.Remote;

/// <summary>
/// A commit group's coordinator in another silo, as an instance here sees it. What it is asked after every block it answers with what was heard last, and asks
/// on in the background.
/// </summary>
/// <param name="self">The instance, as every call names it.</param>
/// <param name="meter">Counts what the instance does.</param>
/// <param name="clock">The clock.</param>
/// <param name="send">Carries a call to the coordinator.</param>
/// <param name="check">Looks whether both silos see the same files.</param>
internal sealed class RemoteTaskGroup(
    GroupCall self, PathMeter meter, TimeProvider clock, Func<GroupCall, CancellationToken, Task<GroupAnswer>> send, Action<FolderProbe> check) : ITaskGroup, IAsyncDisposable
{
    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _ended = new();
    private volatile Exception? _trouble;
    private volatile EpochWord _word;
    private Task _asking = Task.CompletedTask;
    private (long BytesRead, long RowsWritten) _mark;
    private long? _asked;
    private int _attempt = -1;

    /// <inheritdoc/>
    public async ValueTask<PartOrder> BeginAsync(PartBeginning beginning, CancellationToken cancellation)
    {
        await _asking;
        var answer = await CallAsync(self with { Begin = beginning }, cancellation);
        if (answer.Probe is { } probe) check(probe);
        (_attempt, _word, _mark, _trouble, _asked) = (answer.Order!.Attempt, EpochWord.GoOn, meter.Mark(), null, null);
        return answer.Order;
    }

    /// <inheritdoc/>
    public async ValueTask<SplitGrant?> NextAsync(SplitRequest request, CancellationToken cancellation) => (await CallAsync(Call() with { Next = request }, cancellation)).Grant;

    /// <inheritdoc/>
    public EpochWord Ask(int instance, int attempt, long bytes, bool wantsBarrier)
    {
        if (_trouble is not null) return EpochWord.GiveUp;
        if (_word == EpochWord.GoOn && _asking.IsCompleted && (_asked is not { } asked || clock.GetElapsedTime(asked) >= AskInterval))
        {
            _asked = clock.GetTimestamp();
            _asking = AskAsync(Call() with { Ask = new PartProgress(bytes, wantsBarrier), Counts = Counts() });
        }

        return _word;
    }

    /// <inheritdoc/>
    public async ValueTask<Widening?> MeetAsync(Finding finding, CancellationToken cancellation) => (await CallAsync(Call() with { Meet = finding }, cancellation)).Widening;

    /// <inheritdoc/>
    public async ValueTask<PartVerdict> ReportAsync(PartReport report, Action discard, CancellationToken cancellation)
    {
        await _asking;
        // A part of which nobody was told must not be taken for one that a stop made incomplete.
        if (_trouble is { } trouble) throw trouble;
        try
        {
            return (await CallAsync(Call() with { Report = report, Counts = Counts() }, cancellation)).Verdict!.Value;
        }
        catch (Exception error) when (error is not GroupOverException)
        {
            throw new VerdictUnknownException(error);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _asking;
        _ended.Dispose();
    }

    private GroupCall Call() => self with { Attempt = _attempt };

    private PartCounts Counts()
    {
        var (bytes, rows) = meter.Mark();
        return new PartCounts(bytes - _mark.BytesRead, rows - _mark.RowsWritten, meter.Lines());
    }

    private async Task AskAsync(GroupCall call)
    {
        await Task.Yield();
        try
        {
            _word = (await CallAsync(call, _ended.Token)).Word!.Value;
        }
        catch (Exception error)
        {
            _trouble = error;
        }
    }

    private async Task<GroupAnswer> CallAsync(GroupCall call, CancellationToken cancellation)
    {
        var answer = await send(call, cancellation);
        return answer.Outcome switch
        {
            GroupOutcome.Done => answer,
            GroupOutcome.Lost => throw new PartLostException(),
            GroupOutcome.Failed => throw new DataMeshException(answer.Error ?? "The coordinator failed.") { MayPass = answer.MayPass },
            _ => throw new GroupOverException(),
        };
    }
}
