using DataMesh.Core;
using DataMesh.Core.Components;
using DataMesh.Formats;

namespace DataMesh.Connectors.Files;

/// <summary>Finds the last record of a file as it was when that record had no line end yet.</summary>
internal static class OpenEnds
{
    /// <summary>Cuts the range from <paramref name="from"/> to <paramref name="to"/> into records again, as they were cut when the file ended there.</summary>
    public static async ValueTask<OpenEnd> FindAsync(string path, Split split, FormatDescription description, long from, long to, CancellationToken cancellation)
    {
        var open = await WalkAsync(path, split with { End = to, MayGrow = true }, description, from, cancellation).ConfigureAwait(false) is { } whole ? whole.End : from;
        var last = await WalkAsync(path, split with { End = to, MayGrow = false }, description, open, cancellation).ConfigureAwait(false) is { } cut ? cut.Start : open;
        return new OpenEnd(open, last, GrowingFiles.LineEndBytes(path, description, to));
    }

    /// <summary>The last block of a range; null when there is none.</summary>
    private static async ValueTask<(long Start, long End)?> WalkAsync(string path, Split split, FormatDescription description, long from, CancellationToken cancellation)
    {
        var plan = new DecodePlan(description.Schema, Widening: false, []);
        var reader = await description.Format.OpenAsync(new FileToOpen(path, split, from, Limits.BlockBytes), description, plan, cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            (long, long)? last = null;
            while (await reader.ReadAsync(cancellation).ConfigureAwait(false) is { } block)
            {
                using (block) last = (block.Start, block.End);
            }

            return last;
        }
    }
}
