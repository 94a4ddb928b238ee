namespace DataMesh.Formats.Text;

/// <summary>Knows where records end in the text of one format. Every text it is given begins at a record boundary. Stateless, so one instance serves any number of readers.</summary>
public abstract class RecordBoundaries
{
    /// <summary>Offset just past the last record that surely ends in <paramref name="text"/>; 0 when none does.</summary>
    public abstract int Last(ReadOnlySpan<byte> text);

    /// <summary>
    /// Looks at text in which no record ends although the file does, or the size limit is met. Returns the offset at which reading should go on
    /// because the record is broken (a quote that is never closed), or -1 when it is one whole record.
    /// </summary>
    public virtual int Recover(ReadOnlySpan<byte> text, bool atEnd) => -1;

    /// <summary>Begins to skip a record that is too large to be held.</summary>
    public abstract RecordSkip Skip();
}

/// <summary>Skips one record piece by piece.</summary>
public abstract class RecordSkip
{
    /// <summary>The offset just past the record's end when it ends in this piece, else -1.</summary>
    public abstract int Feed(ReadOnlySpan<byte> text);
}
