using System.Buffers;
using System.Text;
using DataMesh.Core.Drift;
using DataMesh.Formats;
using DataMesh.Formats.Csv;
using DataMesh.Formats.Text;

namespace DataMesh.Connectors.Files;

/// <summary>What people want to know of a place in a file: which line it is, and what stands there.</summary>
internal static class FilePlaces
{
    private const int TextShownMax = 200;
    private const int PieceBytes = 256 << 10;

    /// <summary>The shape that a description stands for.</summary>
    public static SplitShape ShapeOf(FormatDescription description, bool isWhole) => description.Dialect is CsvDialect csv
        ? new SplitShape(SourceShape.Of(description.Schema, csv.HasHeader), csv.HasHeader ? csv.HeaderStart : -1)
        : new SplitShape(SourceShape.Of(description.Schema, description.Format.Name == "parquet"), -1) { IsComplete = isWhole || !description.MembersVary };

    /// <summary>The line at a position of a text file, and its text. Files that are no text have no lines.</summary>
    public static async ValueTask<SplitPlace> FindAsync(string path, FormatDescription description, long position, CancellationToken cancellation)
    {
        if (description.Format.Name == "parquet" || position < 0) return SplitPlace.Unknown;
        var terminator = description.Dialect is CsvDialect csv ? csv.Terminator : (byte)'\n';
        await using var input = await TextInput.OpenAsync(path, description.Text, 0, cancellation).ConfigureAwait(false);
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            var line = 1L;
            for (var left = position; left > 0;)
            {
                var read = await input.ReadAsync(piece.AsMemory(0, (int)Math.Min(left, PieceBytes)), cancellation).ConfigureAwait(false);
                if (read == 0) break;
                line += piece.AsSpan(0, read).Count(terminator);
                left -= read;
            }

            var shown = await input.ReadAsync(piece.AsMemory(0, TextShownMax * 4), cancellation).ConfigureAwait(false);
            return new SplitPlace(line, Cut(piece.AsSpan(0, shown), terminator));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private static string Cut(ReadOnlySpan<byte> text, byte terminator)
    {
        var end = text.IndexOf(terminator);
        var line = Encoding.UTF8.GetString(end < 0 ? text : text[..end]).TrimEnd('\r', '\n');
        return line.Length <= TextShownMax ? line : line[..TextShownMax] + "…";
    }
}
