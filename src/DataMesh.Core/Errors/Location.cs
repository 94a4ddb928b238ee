namespace DataMesh.Core.Errors;

/// <summary>A place in a text file. Line and column count from 1; 0 means unknown. Byte counts from 0; -1 means unknown.</summary>
public readonly record struct Location(string File, int Line = 0, int Column = 0, long Byte = -1)
{
    /// <summary><c>file:line:column</c>, or <c>file @ byte n</c> for a place in data.</summary>
    public override string ToString()
    {
        if (Line > 0) return Column > 0 ? $"{File}:{Line}:{Column}" : $"{File}:{Line}";
        return Byte >= 0 ? $"{File} @ byte {Byte}" : File;
    }
}
