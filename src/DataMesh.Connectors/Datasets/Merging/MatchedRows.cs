using System.Collections;
using DataMesh.Connectors.Datasets.Rewriting;
using DataMesh.Formats.Delta;

namespace DataMesh.Connectors.Datasets.Merging;

/// <summary>The rows of a live file that give way.</summary>
internal sealed class MatchedRows(AddFile file, BitArray goes, int count)
{
    /// <summary>The file.</summary>
    public AddFile File { get; } = file;

    /// <summary>Reads a file's keys; null when none of them is wanted.</summary>
    public static MatchedRows? Find(AddFile file, KeyReader reader, StagedKeys keys, CancellationToken cancellation)
    {
        var goes = new BitArray((int)(file.Rows ?? 0));
        var (row, count) = (0, 0);
        reader.Read(file, hashes =>
        {
            if (row + hashes.Length > goes.Length) goes.Length = row + hashes.Length;
            foreach (ref readonly var hash in hashes)
            {
                if (keys.Matches(hash))
                {
                    goes[row] = true;
                    count++;
                }

                row++;
            }
        }, cancellation);
        return count == 0 ? null : new MatchedRows(file, goes, count);
    }

    /// <summary>Copies the other rows, in their order, and says how many they are.</summary>
    public long CopyRest(RewritePlan plan, RowRewriter target, CancellationToken cancellation)
    {
        if (File.Rows == count) return 0;
        var (row, copied) = (0, 0L);
        foreach (var batch in plan.Read(File))
        {
            var rest = new int[batch.Length];
            var left = 0;
            for (var i = 0; i < batch.Length; i++, row++)
                if (!goes[row]) rest[left++] = i;
            copied += left;
            if (left == batch.Length)
            {
                target.Add(batch);
            }
            else
            {
                using (batch)
                    if (left > 0) target.Add(batch.Take(rest.AsSpan(0, left)));
            }

            cancellation.ThrowIfCancellationRequested();
        }

        return copied;
    }
}
