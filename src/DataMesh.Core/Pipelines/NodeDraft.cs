using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines.Spec;

namespace DataMesh.Core.Pipelines;

/// <summary>A node as the file says it, before its references are resolved.</summary>
/// <param name="Id">Its id, given or made from its name.</param>
/// <param name="Component">Its component.</param>
/// <param name="Instance">The component with its options.</param>
/// <param name="From">The texts of <c>from:</c>; null when it is not given.</param>
/// <param name="Location">Where it stands.</param>
internal sealed record NodeDraft(string Id, ComponentDescriptor Component, object Instance, IReadOnlyList<SpecScalar>? From, Location Location)
{
    /// <summary>Whether its options have errors.</summary>
    public bool IsBroken { get; init; }

    /// <summary>Whether the one before it in the file could not be read, so that it is not known what it reads.</summary>
    public bool FollowsGap { get; set; }

    /// <summary>The names of its outputs.</summary>
    public IReadOnlyList<string> Outputs => Instance is Stage stage ? stage.Outputs : ["out"];
}
