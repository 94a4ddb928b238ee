using DataMesh.Formats;

namespace DataMesh.Connectors.Files;

/// <summary>Files that someone may still be writing to.</summary>
internal static class GrowingFiles
{
    private const int MarkBytes = 3;

    /// <summary>A file that has not changed for this long is taken to be written to its end.</summary>
    public static TimeSpan SettlesAfter { get; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether the file changed so lately that its writer may not be done with the last record. A time far ahead says nothing: a clock was set back, and nobody
    /// should wait until it has caught up.
    /// </summary>
    public static bool MayGrow(FileInfo file, TimeProvider clock) => (clock.GetUtcNow() - file.LastWriteTimeUtc).Duration() < SettlesAfter;

    /// <summary>Whether a record ends at a position, so that what was written behind it later begins a new one.</summary>
    public static bool IsRecordEnd(string path, FormatDescription description, long position) =>
        description is { RecordEnd: >= 0, Text.IsPlain: true } && (position == 0 || FileIdentity.ByteBefore(path, position + Mark(description)) == description.RecordEnd);

    /// <summary>How many bytes the line end has that stands at a position; 0 when there is none.</summary>
    public static int LineEndBytes(string path, FormatDescription description, long position)
    {
        var at = position + Mark(description);
        var first = FileIdentity.ByteBefore(path, at + 1);
        if (first == description.RecordEnd) return 1;
        return first == '\r' && FileIdentity.ByteBefore(path, at + 2) == description.RecordEnd ? 2 : 0;
    }

    /// <summary>The position at the end of a file of some size.</summary>
    public static long End(long bytes, FormatDescription description) => description.Text.IsPlain ? bytes - Mark(description) : -1;

    private static int Mark(FormatDescription description) => description.Text.HasByteOrderMark ? MarkBytes : 0;
}
