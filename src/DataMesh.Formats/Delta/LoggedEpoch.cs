using System.Text.Json.Nodes;

namespace DataMesh.Formats.Delta;

/// <summary>What the log says of one epoch of an application.</summary>
/// <param name="Version">The version that carries the epoch's <c>txn</c>.</param>
/// <param name="PreparedId">The prepared id in the metadata domain that came with it, or null.</param>
/// <param name="Added">The files that the version adds, without those that hold rows which were there before.</param>
public sealed record LoggedEpoch(long Version, string? PreparedId, IReadOnlyList<LoggedFile> Added)
{
    /// <summary>The epochs of an application as far back as log entries are kept, by number. A checkpoint does not say which epoch added a file.</summary>
    public static IReadOnlyDictionary<long, LoggedEpoch> Read(string table, string appId)
    {
        var epochs = new Dictionary<long, LoggedEpoch>();
        foreach (var version in LogFolder.List(table).Entries)
        {
            var added = new List<LoggedFile>();
            TransactionMark? mark = null;
            string? preparedId = null;
            foreach (var action in LogReader.ReadEntry(LogFolder.EntryPath(table, version)))
            {
                if (action["txn"] is JsonObject txn && ActionJson.ReadTransaction(txn) is var each && each.AppId == appId) mark = each;
                if (action["add"] is JsonObject add && ActionJson.ReadAdd(add) is { IsRewritten: false } file) added.Add(ToFile(file));
                if (action["domainMetadata"] is JsonObject domain && EpochDomain.Parse(ActionJson.ReadDomain(domain).Configuration) is { } known && known.AppId == appId)
                    preparedId = known.PreparedId;
            }

            if (mark is not null) epochs[mark.Version] = new LoggedEpoch(version, preparedId, added);
        }

        return epochs;
    }

    /// <summary>Rows that were brought to wider types by their commit are known by the file in which they were staged.</summary>
    private static LoggedFile ToFile(AddFile file) => file.Tags?.GetValueOrDefault(PropertyNames.StagedAsTag) is { } staged
        ? new(staged, file.Rows, null)
        : new(DeltaPath.Decode(file.Path), file.Rows, file.Size);
}

/// <summary>A file as the log names it.</summary>
/// <param name="Path">Relative to the table, not percent-encoded.</param>
/// <param name="Rows">Rows as its statistics say, or null.</param>
/// <param name="Bytes">Its size; null when it is not the file that was staged.</param>
public sealed record LoggedFile(string Path, long? Rows, long? Bytes);
