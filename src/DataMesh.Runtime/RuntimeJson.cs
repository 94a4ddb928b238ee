using System.Text.Json.Serialization;
using DataMesh.ControlPlane.Datasets;
using DataMesh.ControlPlane.Pipelines;
using DataMesh.ControlPlane.Sources;
using DataMesh.ControlPlane.Tasks;
using DataMesh.Runtime.Commit;

namespace DataMesh.Runtime;

/// <summary>The JSON of everything the runtime persists: grain state, prepared records, manifests, positions.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PipelineState))]
[JsonSerializable(typeof(SourceState))]
[JsonSerializable(typeof(TaskState))]
[JsonSerializable(typeof(InstanceState))]
[JsonSerializable(typeof(DatasetState))]
[JsonSerializable(typeof(PreparedRecord))]
[JsonSerializable(typeof(Manifest))]
[JsonSerializable(typeof(CommittedPosition))]
[JsonSerializable(typeof(FinishedIndex))]
[JsonSerializable(typeof(Silos.SpecOptions))]
[JsonSerializable(typeof(Silos.LogEntry))]
public sealed partial class RuntimeJson : JsonSerializerContext;

/// <summary>
/// Writes the same JSON as <see cref="RuntimeJson"/>, by generated code alone. What a run writes it mostly never reads again, and the metadata that
/// reading needs costs more at start than all the writing.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(PipelineState))]
[JsonSerializable(typeof(SourceState))]
[JsonSerializable(typeof(TaskState))]
[JsonSerializable(typeof(InstanceState))]
[JsonSerializable(typeof(DatasetState))]
[JsonSerializable(typeof(PreparedRecord))]
[JsonSerializable(typeof(Manifest))]
[JsonSerializable(typeof(CommittedPosition))]
[JsonSerializable(typeof(FinishedIndex))]
internal sealed partial class RuntimeJsonWriting : JsonSerializerContext;
