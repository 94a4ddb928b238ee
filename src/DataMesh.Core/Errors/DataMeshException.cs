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

    /// <summary>Whether trying again may help, because the outside world has changed under a run: a file vanished that was there a moment ago.</summary>
    public bool MayPass { get; init; }

    /// <summary>Whether it has mostly passed as soon as it is told: a connection that broke.</summary>
    public bool PassesSoon { get; init; }

    /// <summary>More that is wrong, found in the same check.</summary>
    public IReadOnlyList<DataMeshException> Others { get; private init; } = [];

    /// <summary>This error and the others found with it, each by itself.</summary>
    public IReadOnlyList<DataMeshException> All => [Alone, .. Others];

    /// <summary>This error without the others.</summary>
    private DataMeshException Alone => Others.Count == 0 ? this : new DataMeshException(Message, Location, Detail, Hint, this);

    /// <summary>Several errors as one: the first, which knows the others.</summary>
    public static DataMeshException Of(IReadOnlyList<DataMeshException> errors)
    {
        if (errors.Count == 1) return errors[0];
        var first = errors[0];
        return new DataMeshException(first.Message, first.Location, first.Detail, first.Hint, first) { Others = [.. first.Others, .. errors.Skip(1).SelectMany(error => error.All)] };
    }

    /// <summary>Checks every item, and throws what was wrong with all of them together.</summary>
    public static void CheckEach<T>(IEnumerable<T> items, Action<T> check)
    {
        var errors = new List<DataMeshException>();
        foreach (var item in items)
        {
            try
            {
                check(item);
            }
            catch (DataMeshException error)
            {
                errors.Add(error);
            }
        }

        if (errors.Count > 0) throw Of(errors);
    }

    /// <summary>The three parts as the command line prints them, then those of the others.</summary>
    public string Render()
    {
        var text = Location is { } place ? $"{place}: {Message}" : Message;
        if (Detail is not null) text += $"\n  {Detail}";
        if (Hint is not null) text += $"\n  hint: {Hint}";
        return string.Concat([text, .. Others.Select(other => $"\nerror: {other.Render()}")]);
    }
}
