using System.Text.Json.Serialization;

namespace DataMesh.Client.Contract;

/// <summary>The JSON of the operating API: snake_case names; fields may be added, not renamed or removed.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, MaxDepth = 32)]
[JsonSerializable(typeof(PipelineStatus))]
[JsonSerializable(typeof(PipelineList))]
[JsonSerializable(typeof(SubmitRequest))]
[JsonSerializable(typeof(ScaleRequest))]
[JsonSerializable(typeof(RemovedPipeline))]
[JsonSerializable(typeof(LogPage))]
[JsonSerializable(typeof(LogLine))]
[JsonSerializable(typeof(ClusterStatus))]
[JsonSerializable(typeof(SiloStatus))]
[JsonSerializable(typeof(Problem))]
public sealed partial class ContractJson : JsonSerializerContext;
