using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Tasks.Dataflow;
using DataMesh.ControlPlane.Grains;
using DataMesh.Core;
using DataMesh.Core.Errors;

namespace DataMesh.Runtime.Hosting;

/// <summary>
/// The thin shell around a grain's machine: one event at a time, state persisted when it changed, then effects carried out.
/// Work runs outside the turns; its result comes back as an event.
/// </summary>
public sealed class GrainShell<TState> : IGrainShell where TState : notnull
{
    private readonly GrainId _id;
    private readonly GrainActivation _activation;
    private readonly IGrainMachine<TState> _machine;
    private readonly Func<JsonTypeInfo<TState>> _reading;
    private readonly JsonTypeInfo<TState> _writing;
    private readonly IGrainHost _host;
    private readonly GrainWork _work;
    private readonly ActionBlock<Mail> _mailbox;
    private readonly CancellationTokenSource _deactivated = new();
    private readonly Lock _gate = new();
    private bool _isClosed;
    private int _waiting;
    private long _lastTurn;
    private long _fence;
    private TState? _state;
    private string _stored = "";
    private long _version;

    /// <summary>Activates a grain; its state is read with the first event.</summary>
    public GrainShell(GrainActivation activation, IGrainMachine<TState> machine, Func<JsonTypeInfo<TState>> reading, JsonTypeInfo<TState> writing, IGrainWorker worker)
    {
        (_id, _activation, _machine, _reading, _writing, _host, _fence) = (activation.Id, activation, machine, reading, writing, activation.Host, activation.Fence);
        _work = new GrainWork(_id, worker, (result, generation) => Post(new Mail(result, null, generation), bounded: false), _deactivated.Token);
        _mailbox = new ActionBlock<Mail>(TurnAsync, new ExecutionDataflowBlockOptions { TaskScheduler = activation.Scheduler });
    }

    /// <inheritdoc/>
    public PostOutcome Post(GrainEvent happened, TaskCompletionSource? handled = null, bool bounded = false) => Post(new Mail(happened, handled, GrainWork.NoWork), bounded);

    /// <inheritdoc/>
    public bool TryRetire(TimeSpan idle)
    {
        lock (_gate)
        {
            if (_isClosed) return true;
            if (_waiting > 0 || _work.IsGoingOn || _host.Clock.GetElapsedTime(_lastTurn) < idle) return false;
            _isClosed = true;
        }

        _mailbox.Complete();
        _deactivated.Dispose();
        return true;
    }

    /// <inheritdoc/>
    public async Task DeactivateAsync()
    {
        lock (_gate) _isClosed = true;
        _mailbox.Complete();
        try
        {
            await _deactivated.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        await _mailbox.Completion;
        await _work.EndAsync();
        _deactivated.Dispose();
    }

    private PostOutcome Post(Mail mail, bool bounded)
    {
        lock (_gate)
        {
            if (_isClosed) return PostOutcome.Closed;
            if (bounded && _waiting >= Limits.MailboxEventsMax) return PostOutcome.Busy;
            _waiting++;
            _mailbox.Post(mail);
            return PostOutcome.Accepted;
        }
    }

    private async Task TurnAsync(Mail mail)
    {
        try
        {
            _deactivated.Token.ThrowIfCancellationRequested();
            if (!_work.IsCurrent(mail.Generation)) return;
            if (_state is null) await LoadAsync();
            var step = OnEvent(_state!, mail.Event);
            await PersistAsync(step.State);
            mail.Handled?.TrySetResult();
            foreach (var effect in step.Effects)
            {
                if (effect is Log log) await NoteAsync(log);
                else CarryOut(effect);
            }
        }
        catch (OperationCanceledException) when (_deactivated.IsCancellationRequested)
        {
            mail.Handled?.TrySetException(Gone(null));
        }
        catch (Exception error)
        {
            // A turn that could not be persisted did not happen, and nothing that follows from it may: the host has to know.
            lock (_gate) _isClosed = true;
            await _deactivated.CancelAsync();
            mail.Handled?.TrySetException(Gone(error));
            _host.Fail(_id, GrainWork.Failure($"turn of {_id}", error).Message);
        }
        finally
        {
            lock (_gate) (_waiting, _lastTurn) = (_waiting - 1, _host.Clock.GetTimestamp());
        }
    }

    private GrainCallException Gone(Exception? cause) => new(CallFailure.Unreachable, $"The activation of {_id} has ended{(cause is null ? "." : $": {cause.Message}")}", cause);

    private Step<TState> OnEvent(TState state, GrainEvent happened)
    {
        if (happened is not Activated) return _machine.On(_id, state, happened);
        return _machine.KeepsRunning(state) ? _machine.Resume(_id, state, _fence) : new(state);
    }

    private async Task LoadAsync()
    {
        var stored = await _host.States.ReadAsync(_id, _deactivated.Token);
        (_stored, _version) = stored is null ? ("", 0) : (stored.Json, stored.Version);
        if (_activation.Fence == 0) _fence = Math.Max((stored?.Fence ?? 0) + 1, Microseconds(_host.Clock));
        _state = stored is null ? _machine.Initial : JsonSerializer.Deserialize(stored.Json, _reading()) ?? _machine.Initial;
    }

    private static long Microseconds(TimeProvider clock) => (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private async Task PersistAsync(TState state)
    {
        var json = JsonSerializer.Serialize(state, _writing);
        if (json != _stored)
        {
            if (Encoding.UTF8.GetByteCount(json) > Limits.GrainStateBytesMax)
                throw new DataMeshException($"The state of {_id} has grown beyond {Limits.GrainStateBytesMax} bytes.");
            _version = await _host.States.WriteAsync(_id, json, _version, _fence, _activation.KeepsAlive && _machine.KeepsRunning(state), _deactivated.Token)
                ?? throw new DataMeshException($"Another activation of {_id} has written its state.", hint: "is the same pipeline running twice?");
            _stored = json;
        }

        _state = state;
    }

    /// <summary>The log is for people: a turn does not fail for it. A grain that nobody takes up again has nobody who reads its log either.</summary>
    private async ValueTask NoteAsync(Log log)
    {
        if (!_activation.KeepsAlive) return;
        try
        {
            await Silos.LogEntry.AppendAsync(_host.Streams, _id, log.Level, log.Message, _deactivated.Token);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
        }
    }

    private void CarryOut(Effect effect)
    {
        switch (effect)
        {
            case Send send:
                _host.Tell(_id, send.To, send.Event);
                break;
            case CancelWork:
                _work.Cancel();
                break;
            default:
                _work.Begin((Work)effect, _fence);
                break;
        }
    }
}

/// <summary>An event in a mailbox. A class: a mailbox of structs would be compiled anew at every start.</summary>
/// <param name="Event">The event.</param>
/// <param name="Handled">Who waits for it to be handled.</param>
/// <param name="Generation">The generation of work whose result it is.</param>
internal sealed record Mail(GrainEvent Event, TaskCompletionSource? Handled, int Generation);
