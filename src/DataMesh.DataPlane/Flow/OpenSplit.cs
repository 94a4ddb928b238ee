using System.Collections.Concurrent;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.DataPlane.Graph;

namespace DataMesh.DataPlane.Flow;

/// <summary>A split being read: its reader, its decoders, and how far it has come. It lives across epochs.</summary>
public sealed class OpenSplit(BoundSource source, Split split, SplitReader reader, long from) : IAsyncDisposable
{
    private readonly ConcurrentStack<BlockDecoder> _decoders = new();
    private readonly long _from = from;
    private readonly SplitForm _form = new(source.Id, reader);
    private int _users = 1;

    /// <summary>The source it belongs to.</summary>
    public BoundSource Source { get; } = source;

    /// <summary>The split.</summary>
    public Split Split { get; } = split;

    /// <summary>Its name.</summary>
    public SplitName Name => field ??= new SplitName(Source.Node, Split.Id, Split.Name);

    /// <summary>Whether everything of it is judged before it counts as finished: what follows depends on what its rows show.</summary>
    public bool IsAwaited { get; init; }

    /// <summary>Its place among the splits of the run.</summary>
    public int Order { get; init; }

    /// <summary>The places of the splits before it that were not finished when it was handed out.</summary>
    public IReadOnlyList<int> Before { get; init; } = [];

    /// <summary>Whether it was read ahead for nothing: it has to be opened again.</summary>
    public bool HasGoneBack { get; private set; }

    /// <summary>What happens to its rows before the first stage; null when they are as the pipeline expects.</summary>
    public SplitTreatment? Treatment { get; init; }

    /// <summary>Columns that its head does not show; null when there are none.</summary>
    public SoughtColumns? Sought { get; init; }

    /// <summary>Records that are set aside before they are decoded, because they end the process.</summary>
    public IReadOnlyList<PoisonedRange> Poisoned { get; init; } = [];

    /// <summary>Reads texts as dates or times the way that the split writes them.</summary>
    public ReadTimes Times => reader.ReadTimes;

    /// <summary>Whether a value that does not fit a column asks for the column to be decoded as text.</summary>
    public Func<string, bool>? Loosens { get; init; }

    /// <summary>Position up to which blocks were handed out.</summary>
    public long Position { get; private set; } = from;

    /// <summary>Whether the reader has reached the end.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>
    /// Bytes that its reader is through with. At its end that is all of the split, with what no block holds: headers, columns that nothing needs.
    /// </summary>
    public long BytesRead => IsFinished ? Math.Max(reader.BytesRead, Split.Bytes - (_from - Split.Start)) : reader.BytesRead;

    /// <summary>The next block, or null at the end.</summary>
    public async ValueTask<SourceBlock?> ReadAsync(CancellationToken cancellation)
    {
        var block = await reader.ReadAsync(cancellation);
        if (block is null)
        {
            IsFinished = true;
            return null;
        }

        Position = block.End;
        block.Form ??= _form;
        Interlocked.Increment(ref _users);
        return block;
    }

    /// <summary>Nothing that was read of it counts.</summary>
    public void GoBack() => (Position, IsFinished, HasGoneBack) = (_from, false, true);

    /// <summary>Called when a block has been decoded, or was given up.</summary>
    public ValueTask BlockDoneAsync() => LeaveAsync();

    /// <summary>A decoder that no other core uses now.</summary>
    public BlockDecoder RentDecoder() => _decoders.TryPop(out var decoder) ? decoder : reader.CreateDecoder();

    /// <summary>Gives a decoder back.</summary>
    public void ReturnDecoder(BlockDecoder decoder) => _decoders.Push(decoder);

    /// <summary>Closes the reader as soon as the last block in flight has been decoded.</summary>
    public ValueTask DisposeAsync() => LeaveAsync();

    private ValueTask LeaveAsync() => Interlocked.Decrement(ref _users) == 0 ? reader.DisposeAsync() : ValueTask.CompletedTask;
}

/// <summary>Reads texts as dates or times; see <see cref="SplitReader.ReadTimes"/>.</summary>
public delegate Column? ReadTimes(VarColumn texts, string column, DataType type, out Bitmap? failed);

/// <summary>A block with the split it came from, and its number in the order of reading.</summary>
internal sealed record BlockInFlight(SourceBlock Block, OpenSplit Split, long Number);
