namespace DataMesh.Core.Components;

/// <summary>Reads sizes and times as people write them, in pipeline files and on the command line.</summary>
public static class OptionText
{
    /// <summary>Reads <c>512</c>, <c>64KB</c>, <c>16MiB</c>.</summary>
    public static bool TryBytes(string text, out ByteCount bytes) => ScalarOptions.TryBytes(text, out bytes);

    /// <summary>Reads <c>250ms</c>, <c>5s</c>, <c>10m</c>, <c>2h</c>, <c>1d</c>.</summary>
    public static bool TryDuration(string text, out TimeSpan duration) => ScalarOptions.TryDuration(text, out duration);
}
