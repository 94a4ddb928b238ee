namespace DataMesh.Core.Errors;

/// <summary>An error for people: what is wrong, where, and what to do about it.</summary>
public sealed class DataMeshException : Exception
{
    /// <summary>Makes an error. <paramref name="primary"/> says what is wrong in one sentence.</summary>
    public DataMeshException(string primary, Location? location = null, string? detail = null, string? hint = null, Exception? cause = null)
        : base(primary, cause)
    {
        Location = location;
        Detail = detail;
        Hint = hint;
    }

    /// <summary>Where: a place in a pipeline file, or in a data file.</summary>
    public Location? Location { get; }

    /// <summary>More about what was found.</summary>
    public string? Detail { get; }

    /// <summary>What to do.</summary>
    public string? Hint { get; }

    /// <summary>The three parts as the command line prints them.</summary>
    public string Render()
    {
        var text = Location is { } place ? $"{place}: {Message}" : Message;
        if (Detail is not null) text += $"\n  {Detail}";
        if (Hint is not null) text += $"\n  hint: {Hint}";
        return text;
    }
}
