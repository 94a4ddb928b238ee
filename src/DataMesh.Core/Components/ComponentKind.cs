namespace DataMesh.Core.Components;

/// <summary>The contracts that a component can fill.</summary>
public enum ComponentKind
{
    /// <summary>Where rows come from: a <see cref="Source"/>.</summary>
    Source,
    /// <summary>One transformation: a <see cref="Stage"/>.</summary>
    Stage,
    /// <summary>Where rows end: a <see cref="Sink"/>.</summary>
    Sink,
}
