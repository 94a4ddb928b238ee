using System.Threading.Channels;
using DataMesh.ControlPlane.Grains;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Runtime.Silos;

/// <summary>Writes what runs have to tell into the logs of their pipelines, in order and without holding them up.</summary>
internal sealed class SiloLog : IAsyncDisposable
{
    private readonly Channel<(GrainId Grain, LogLevel Level, string Message)> _lines = Channel.CreateBounded<(GrainId, LogLevel, string)>(
        new BoundedChannelOptions(Core.Limits.LogLinesWaitingMax) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private Task _writing = Task.CompletedTask;

    public void Begin(IGrainStreams streams) => _writing = WriteAsync(streams);

    public void Add(GrainId grain, LogLevel level, string message) => _lines.Writer.TryWrite((grain, level, message));

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync(IGrainStreams streams)
    {
        await foreach (var (grain, level, message) in _lines.Reader.ReadAllAsync())
        {
            try
            {
                await LogEntry.AppendAsync(streams, grain, level, message, CancellationToken.None);
            }
            catch (Exception)
            {
                // The log is for people: what it can not take, it does without.
            }
        }
    }
}
