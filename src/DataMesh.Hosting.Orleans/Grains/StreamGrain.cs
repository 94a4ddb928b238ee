using DataMesh.Core;
using DataMesh.Hosting.Orleans.Storage;

namespace DataMesh.Hosting.Orleans.Grains;

/// <summary>The event stream of a grain.</summary>
public interface IStreamGrain : IGrainWithStringKey
{
    /// <summary>Adds an entry; its sequence number.</summary>
    Task<long> AppendAsync(string kind, string json);

    /// <summary>Entries after a sequence number.</summary>
    Task<EntryRecord[]> ReadAsync(long after, int max);

    /// <summary>Removes all.</summary>
    Task ForgetAsync();
}

/// <summary>
/// Keeps an event stream in pages, so that an entry costs a page and not the stream, and publishes it to the stream of Orleans when the silo has one for that.
/// </summary>
[GrainType("datamesh.events"), CollectionAgeLimit(Minutes = 2)]
public sealed class StreamGrain(OrleansHost host) : Grain, IStreamGrain
{
    private const int PageEntries = 50;
    private const int PageBytes = 64 << 10;

    private Cell<StreamRecord> _head = null!;
    private Cell<PageRecord> _page = null!;
    private StreamRecord _stream = new();

    /// <inheritdoc/>
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _head = host.CellOf<StreamRecord>("stream", this.GetGrainId());
        await _head.ReadAsync(cancellationToken);
        _stream = _head.Value ?? new StreamRecord();
        _page = PageOf(_stream.Last);
        await _page.ReadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<long> AppendAsync(string kind, string json)
    {
        var entries = _page.Value?.Entries ?? [];
        if (entries.Count >= PageEntries || entries.Sum(entry => entry.Json.Length) > PageBytes)
        {
            await TurnPageAsync(entries);
            entries = [];
        }

        var now = host.Clock.GetUtcNow();
        var last = entries.Count > 0 ? entries[^1].Sequence : _stream.Sequence;
        var entry = new EntryRecord { Sequence = Math.Max(last + 1, now.ToUnixTimeMilliseconds() * 1000), Time = now.ToUnixTimeMilliseconds(), Kind = kind, Json = json };
        if (!await _page.WriteAsync(new PageRecord { Entries = [.. entries, entry] }, CancellationToken.None)) throw Taken();
        await host.PublishAsync(this.GetPrimaryKeyString(), entry);
        return entry.Sequence;
    }

    /// <inheritdoc/>
    public async Task<EntryRecord[]> ReadAsync(long after, int max)
    {
        var found = new List<EntryRecord>();
        for (var number = _stream.First; number <= _stream.Last && found.Count < max; number++)
        {
            var page = number == _stream.Last ? _page : PageOf(number);
            if (page != _page) await page.ReadAsync(CancellationToken.None);
            found.AddRange((page.Value?.Entries ?? []).Where(entry => entry.Sequence > after));
        }

        return [.. found.Take(max)];
    }

    /// <inheritdoc/>
    public async Task ForgetAsync()
    {
        for (var number = _stream.First; number <= _stream.Last; number++) await PageOf(number).ClearAsync(CancellationToken.None);
        await _head.ClearAsync(CancellationToken.None);
        this.DeactivateOnIdle();
    }

    private async Task TurnPageAsync(List<EntryRecord> entries)
    {
        var counts = new List<int>(_stream.Counts) { entries.Count };
        var first = _stream.First;
        while (counts.Count > 0 && counts.Sum() - counts[0] >= Limits.StreamEntriesMax)
        {
            counts.RemoveAt(0);
            first++;
        }

        var turned = new StreamRecord { First = first, Last = _stream.Last + 1, Counts = counts, Sequence = entries[^1].Sequence };
        if (!await _head.WriteAsync(turned, CancellationToken.None)) throw Taken();
        for (var number = _stream.First; number < first; number++) await PageOf(number).ClearAsync(CancellationToken.None);
        (_stream, _page) = (turned, PageOf(turned.Last));
    }

    private Cell<PageRecord> PageOf(long number) => host.CellOf<PageRecord>($"page{number}", this.GetGrainId());

    private ElsewhereException Taken()
    {
        this.DeactivateOnIdle();
        return new ElsewhereException("The stream was activated elsewhere.");
    }
}
