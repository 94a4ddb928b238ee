using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Tasks.Dataflow;
using DataMesh.ControlPlane.Grains;
using DataMesh.Core;
using DataMesh.Core.Errors;

namespace DataMesh.Runtime.Hosting;

/// <summary>An active grain, whatever its state.</summary>
public interface IGrainShell
{
    /// <summary>Puts an event into the grain's mailbox.</summary>
    void Post(GrainEvent happened);

    /// <summary>Ends the grain after the events it has; cancels and awaits its work.</summary>
    Task DeactivateAsync();
}

/// <summary>
/// The thin shell around a grain's machine: one event at a time, state persisted when it changed, then effects carried out.
/// Work runs outside the turns; its result comes back as an event.
/// </summary>
public sealed class GrainShell<TState> : IGrainShell where TState : notnull
{
    private readonly GrainId _id;
    private readonly IGrainMachine<TState> _machine;
    private readonly Func<JsonTypeInfo<TState>> _reading;
    private readonly JsonTypeInfo<TState> _writing;
    private readonly IGrainHost _host;
    private readonly IGrainWorker _worker;
    private readonly ActionBlock<GrainEvent> _mailbox;
    private readonly CancellationTokenSource _deactivated = new();
    private readonly List<Task> _working = [];
    private TState? _state;
    private string _stored = "";
    private long _version;

    /// <summary>Activates a grain; its state is read with the first event.</summary>
    public GrainShell(
        GrainId id, IGrainMachine<TState> machine, Func<JsonTypeInfo<TState>> reading, JsonTypeInfo<TState> writing, IGrainHost host, IGrainWorker worker, TaskScheduler scheduler)
    {
        (_id, _machine, _reading, _writing, _host, _worker) = (id, machine, reading, writing, host, worker);
        _mailbox = new ActionBlock<GrainEvent>(TurnAsync, new ExecutionDataflowBlockOptions { TaskScheduler = scheduler });
    }

    /// <inheritdoc/>
    public void Post(GrainEvent happened) => _mailbox.Post(happened);

    /// <inheritdoc/>
    public async Task DeactivateAsync()
    {
        await _deactivated.CancelAsync();
        _mailbox.Complete();
        await _mailbox.Completion;
        await Task.WhenAll(_working);
        _deactivated.Dispose();
    }

    private async Task TurnAsync(GrainEvent happened)
    {
        try
        {
            if (_state is null) await LoadAsync();
            var step = _machine.On(_id, _state!, happened);
            await PersistAsync(step.State);
            foreach (var effect in step.Effects) CarryOut(effect);
        }
        catch (OperationCanceledException) when (_deactivated.IsCancellationRequested)
        {
        }
        catch (Exception error)
        {
            // A turn that could not be persisted did not happen, and nothing that follows from it may: the host has to know.
            _state = default;
            _host.Fail(_id, Failure($"turn of {_id}", error).Message);
        }
    }

    private async Task LoadAsync()
    {
        var stored = await _host.States.ReadAsync(_id, _deactivated.Token);
        (_stored, _version) = stored is null ? ("", 0) : (stored.Json, stored.Version);
        _state = stored is null ? _machine.Initial : JsonSerializer.Deserialize(stored.Json, _reading()) ?? _machine.Initial;
    }

    private async Task PersistAsync(TState state)
    {
        var json = JsonSerializer.Serialize(state, _writing);
        if (json != _stored)
        {
            if (Encoding.UTF8.GetByteCount(json) > Limits.GrainStateBytesMax)
                throw new DataMeshException($"The state of {_id} has grown beyond {Limits.GrainStateBytesMax} bytes.");
            _version = await _host.States.WriteAsync(_id, json, _version, _deactivated.Token)
                ?? throw new DataMeshException($"Another activation of {_id} has written its state.", hint: "is the same pipeline running twice?");
            _stored = json;
        }

        _state = state;
    }

    private void CarryOut(Effect effect)
    {
        if (effect is Send send)
        {
            _host.Tell(send.To, send.Event);
            return;
        }

        _working.RemoveAll(task => task.IsCompleted);
        _working.Add(WorkAsync((Work)effect));
    }

    private async Task WorkAsync(Work work)
    {
        await Task.Yield();
        try
        {
            if (await _worker.DoAsync(_id, work, _deactivated.Token) is { } happened) Post(happened);
        }
        catch (OperationCanceledException) when (_deactivated.IsCancellationRequested)
        {
        }
        catch (Exception error)
        {
            Post(Failure(work.GetType().Name, error));
        }
    }

    /// <summary>Trouble of the outside world may pass; a wrong pipeline or a bug does not.</summary>
    private static WorkFailed Failure(string what, Exception error)
    {
        var inner = error is AggregateException { InnerException: { } first } ? first : error;
        if ((inner as DataMeshException ?? StorageError.Explain(inner)) is { } known) return new WorkFailed(what, known.Render(), known.MayPass);
        return new WorkFailed(
            what, $"{inner.GetType().Name}: {inner.Message}", inner is IOException and not FileNotFoundException and not DirectoryNotFoundException or TimeoutException);
    }
}
