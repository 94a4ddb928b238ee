using System.Text.Json;
using DataMesh.ControlPlane.Grains;
using DataMesh.Core;
using DataMesh.Runtime.Hosting;

namespace DataMesh.Runtime.Silos;

/// <summary>A line of a grain's log, as its event stream keeps it.</summary>
/// <param name="Level"><c>info</c>, <c>warning</c> or <c>error</c>.</param>
/// <param name="Message">What happened.</param>
public sealed record LogEntry(string Level, string Message)
{
    /// <summary>The kind of such entries.</summary>
    public const string Kind = "log";

    /// <summary>Adds a line to a grain's log.</summary>
    public static ValueTask<long> AppendAsync(IGrainStreams streams, GrainId id, LogLevel level, string message, CancellationToken cancellation)
    {
        if (message.Length > Limits.LogMessageMax) message = message[..Limits.LogMessageMax];
        return streams.AppendAsync(id, Kind, JsonSerializer.Serialize(new LogEntry(WordOf(level), message), RuntimeJson.Default.LogEntry), cancellation);
    }

    /// <summary>Reads an entry of a stream; null when it is something else.</summary>
    public static LogEntry? Read(StreamEntry entry) => entry.Kind == Kind ? JsonSerializer.Deserialize(entry.Json, RuntimeJson.Default.LogEntry) : null;

    private static string WordOf(LogLevel level) => level switch
    {
        LogLevel.Error => "error",
        LogLevel.Warning => "warning",
        _ => "info",
    };
}
