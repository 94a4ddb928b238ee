using System.Globalization;
using System.Text.Json;
using DataMesh.Formats.Delta;

namespace DataMesh.Runtime.Commit;

/// <summary>
/// The files beside a table that the epochs of all its pipelines name: committed ones, prepared ones, those that a replacement within the retention made
/// superfluous, and all of which it is not sure that nobody needs them.
/// </summary>
internal sealed class NamedFiles(string table, DateTimeOffset cutoff)
{
    private readonly string _own = Path.Combine(table, "_datamesh");
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _walked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _epochs = new(StringComparer.Ordinal);

    /// <summary>
    /// Whether nobody names a file. Of manifests, state and indices only those that the next epoch would write or has passed by: a table that is an older copy
    /// of itself, put back for a while, must find the later ones.
    /// </summary>
    public bool IsLeft(FileInfo file) =>
        !_names.Contains(file.Name) && (file.Name.StartsWith("part-", StringComparison.Ordinal) || IsPassed(file.Name));

    /// <summary>Epochs in flight whose first target is this table.</summary>
    public void AddPrepared()
    {
        foreach (var file in LeftFiles.List(table, "_datamesh/prepared", "*.json"))
        {
            if (file.Name.StartsWith('.')) continue;
            PreparedRecord record;
            try
            {
                record = Account.ReadPrepared(file.FullName);
            }
            catch (FileNotFoundException)
            {
                // Its epoch was completed just now: the log, which is read after this, has it.
                continue;
            }

            // Without its manifest it can never be committed.
            if (File.Exists(PathOf(record.Manifest))) AddChain(new Account(_own, record.AppId), record.Manifest);
        }
    }

    /// <summary>Epochs that the log has.</summary>
    public void AddCommitted(DeltaSnapshot snapshot)
    {
        foreach (var (appId, mark) in snapshot.Transactions)
        {
            // Without a position of ours it is another program's, or nothing is known of it.
            if (EpochCommit.LastEpoch(snapshot, appId).Domain is not { } domain) continue;
            var position = JsonSerializer.Deserialize(domain, RuntimeJson.Default.CommittedPosition)!;
            var key = Account.KeyOf(appId);
            var account = new Account(File.Exists(PathOf(position.Manifest)) ? _own : PreparedPointers.FolderOf(_own, key) ?? _own, appId);
            var first = AddChain(account, position.Manifest);
            _epochs[key] = mark.Version;
            AddReplaced(account, key, first);
        }
    }

    /// <summary>Accounts that are young, of pipelines of which the log says nothing, or of epochs that the log does not know yet: all that they name.</summary>
    public void AddUnsure()
    {
        foreach (var file in LeftFiles.List(table, "_datamesh/manifests", "*.json"))
        {
            if (file.Name.StartsWith('.') || _names.Contains(file.Name)) continue;
            if (file.LastWriteTimeUtc >= cutoff || !IsPassed(file.Name)) Add(file.Name, new Account(_own, "").ReadManifest(file.Name));
        }
    }

    /// <summary>Adds what a manifest and all before it name; the result is the first.</summary>
    private Manifest AddChain(Account account, string last)
    {
        var (name, first) = ((string?)last, (Manifest?)null);
        foreach (var manifest in account.Chain(last))
        {
            Add(name!, first = manifest);
            name = manifest.Previous;
        }

        return first!;
    }

    /// <summary>
    /// Replaced epochs count for as long as versions that had them do: one chain of manifests after the other, back to what was current at the cutoff.
    /// </summary>
    private void AddReplaced(Account account, string key, Manifest first)
    {
        var replacing = new Stack<Manifest>([first]);
        while (replacing.TryPop(out var next))
        {
            if (next.StagedAt < cutoff) continue;
            foreach (var file in LeftFiles.List(table, "_datamesh/manifests", string.Create(CultureInfo.InvariantCulture, $"{key}-{next.Epoch - 1:D10}-*.json")))
                if (_walked.Add(file.Name) && AddWhatIsThere(account, file.Name) is { Previous: null } earlier) replacing.Push(earlier);
        }
    }

    /// <summary>As <see cref="AddChain"/>, of a chain that may have been cleaned up in part.</summary>
    private Manifest? AddWhatIsThere(Account account, string last)
    {
        Manifest? first = null;
        for (var name = last; name is not null && File.Exists(PathOf(name)); name = first.Previous) Add(name, first = account.ReadManifest(name));
        return first;
    }

    private void Add(string name, Manifest manifest)
    {
        _names.Add(name);
        if (manifest.Index is { } index) _names.Add(index);
        _names.UnionWith(manifest.Quarantine.Select(part => part.File));
        _names.UnionWith((manifest.Settled ?? []).Select(settled => settled.Part));
        _names.UnionWith((manifest.State ?? []).SelectMany(state => state.Files).Select(file => file.File));
    }

    private string PathOf(string manifest) => Path.Combine(_own, "manifests", manifest);

    /// <summary>Whether a file's name says that it is of an epoch that its pipeline has committed, or was about to commit next.</summary>
    private bool IsPassed(string name)
    {
        var (key, committed) = _epochs.FirstOrDefault(each => name.StartsWith(each.Key + "-", StringComparison.Ordinal));
        return key is not null && name.Length >= key.Length + 11
            && long.TryParse(name.AsSpan(key.Length + 1, 10), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) && epoch <= committed + 1;
    }
}
