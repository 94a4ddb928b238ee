using System.Text.Json;
using System.Text.Json.Serialization;
using DataMesh.ControlPlane.Grains;

namespace DataMesh.Runtime.Hosting.Peers;

/// <summary>What one silo sends another: an event for a grain.</summary>
/// <param name="From">The grain that tells it; null for a caller outside.</param>
/// <param name="To">The grain that is told.</param>
/// <param name="Event">What happened.</param>
public sealed record GrainMessage(GrainId? From, GrainId To, GrainEvent Event)
{
    /// <summary>The bytes on the wire.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, PeerJson.Default.GrainMessage);

    /// <summary>Reads a message from the wire; throws <see cref="JsonException"/> for anything else.</summary>
    public static GrainMessage Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var message = JsonSerializer.Deserialize(bytes, PeerJson.Default.GrainMessage);
            return message is { Event: not null, To.Key: not null } && (message.From is null || message.From.Value.Key is not null) ? message : throw new JsonException("The message is incomplete.");
        }
        catch (NotSupportedException error)
        {
            throw new JsonException("The message has no event that is known here.", error);
        }
    }
}

/// <summary>What became of a message at the silo that it was sent to.</summary>
public enum Delivery
{
    /// <summary>The turn is persisted.</summary>
    Handled,
    /// <summary>The grain does not live there; nothing happened.</summary>
    Elsewhere,
    /// <summary>Too much is waiting for the grain; nothing happened.</summary>
    Busy,
    /// <summary>There is no such grain; nothing happened.</summary>
    Unknown,
    /// <summary>The activation ended: it may have been handled or not.</summary>
    Ended,
}

/// <summary>Takes messages of other silos in.</summary>
public interface IPeerReceiver
{
    /// <summary>Has a message handled by its grain, if it lives here.</summary>
    Task<Delivery> ReceiveAsync(GrainMessage message, CancellationToken cancellation);
}

/// <summary>The JSON of messages. Every <see cref="GrainEvent"/> is registered at that type.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GrainMessage))]
internal sealed partial class PeerJson : JsonSerializerContext;

/// <summary>Where silos answer each other.</summary>
public static class PeerPaths
{
    /// <summary>Takes a <see cref="GrainMessage"/> by POST, answers with a <see cref="Delivery"/>.</summary>
    public const string Messages = "/peers/v1/messages";

    /// <summary>Takes a <see cref="Groups.Remote.GroupCall"/> by POST, answers with a <see cref="Groups.Remote.GroupAnswer"/>; that may take as long as an epoch.</summary>
    public const string Groups = "/peers/v1/groups";

    /// <summary>Takes a <see cref="Groups.Remote.ExchangeCall"/> by POST, answers with a byte, a <see cref="Groups.Remote.ExchangeAnswer"/>, when it was taken in.</summary>
    public const string Exchange = "/peers/v1/exchange";
}
