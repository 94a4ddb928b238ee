using DataMesh.Runtime.Hosting.Peers;

namespace DataMesh.Hosting.Orleans.Grains;

/// <summary>
/// An event on its way to a grain. Within a silo it is handed over as it is; between silos it is JSON, so that our events need not be known to Orleans'
/// serializer.
/// </summary>
[Immutable]
public sealed class Envelope(GrainMessage message)
{
    /// <summary>The event, with who tells it to whom.</summary>
    public GrainMessage Message => message;
}

/// <summary>An envelope between silos.</summary>
[GenerateSerializer, Immutable]
public struct EnvelopeBytes
{
    /// <summary>The message as JSON.</summary>
    [Id(0)] public byte[] Json { get; set; }
}

/// <summary>Opens and closes envelopes.</summary>
[RegisterConverter]
public sealed class EnvelopeConverter : IConverter<Envelope, EnvelopeBytes>
{
    /// <inheritdoc/>
    public Envelope ConvertFromSurrogate(in EnvelopeBytes surrogate) => new(GrainMessage.Parse(surrogate.Json));

    /// <inheritdoc/>
    public EnvelopeBytes ConvertToSurrogate(in Envelope value) => new() { Json = value.Message.ToBytes() };
}
