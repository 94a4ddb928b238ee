namespace DataMesh.ControlPlane.Grains;

/// <summary>The kinds of grains. The numbers are persisted: never change one.</summary>
public enum GrainKind : byte
{
    /// <summary>A pipeline: desired state, plan, supervision.</summary>
    Pipeline = 0,
    /// <summary>A source's enumerator.</summary>
    Source = 1,
    /// <summary>The coordinator of a pipeline's commit group: epochs. While it has one task, also that task: readers, fused stages, writers.</summary>
    Stage = 2,
    /// <summary>A dataset: the only committer of its table.</summary>
    Dataset = 3,
    /// <summary>One of several tasks that read side by side: readers, fused stages, writers.</summary>
    Instance = 4,
}

/// <summary>The address of a virtual actor: one activation per id.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Key">Which one: <c>pipeline</c>, <c>pipeline/source</c>, <c>pipeline/task/0</c> (and <c>/1</c>, … for instances; <c>pipeline/beside/0</c>, … for those that live where their coordinator does), the dataset's path.</param>
public readonly record struct GrainId(GrainKind Kind, string Key)
{
    /// <summary><c>kind:key</c>.</summary>
    public override string ToString() => $"{Kind.ToString().ToLowerInvariant()}:{Key}";

    /// <summary>Reads <see cref="ToString"/>.</summary>
    public static bool TryParse(string text, out GrainId id)
    {
        var end = text.IndexOf(':', StringComparison.Ordinal);
        var known = Enum.TryParse<GrainKind>(end < 0 ? "" : text[..end], ignoreCase: true, out var kind) && !char.IsAsciiDigit(text[0]) && Enum.IsDefined(kind);
        id = known ? new GrainId(kind, text[(end + 1)..]) : default;
        return known && id.Key.Length > 0;
    }
}
