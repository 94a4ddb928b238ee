using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Keys;
using DataMesh.Core.Storage;

namespace DataMesh.DataPlane.Stages.Deduplication;

/// <summary>
/// The keys met, as hashes in two generations. When the younger one is full, either the run fails, or the older one is forgotten and the younger takes
/// its place. When that happens depends on the number of keys alone, so that saved and restored keys go on as if they had never been put down.
/// </summary>
internal sealed class KeyGenerations(long bytesMax, WhenFull whenFull)
{
    private HashTable128 _young = new();
    private HashTable128? _old;
    private int _saved;
    private int _turnsSinceSaved;

    /// <summary>Whether a key has been met.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Knows(in Hash128 hash) => _young.Find(hash) >= 0 || _old?.Find(hash) >= 0;

    /// <summary>Remembers a key that is not known.</summary>
    public void Add(in Hash128 hash)
    {
        if (whenFull == WhenFull.Fail)
        {
            if (_young.ByteSizeAfterAdd > bytesMax) throw Full(_young.Count, bytesMax);
        }
        else if (_young.ByteSizeAfterAdd > bytesMax / 2)
        {
            (_old, _young) = (_young, new HashTable128());
            _turnsSinceSaved++;
        }

        _young.Add(hash);
    }

    /// <summary>Writes all keys, or those added since the last time in the order in which they were.</summary>
    public SavedState Save(StateWriter writer, bool whole)
    {
        if (!whole && _turnsSinceSaved == 0 && _saved == _young.Count) return SavedState.Unchanged;
        whole |= _turnsSinceSaved > 1;
        if (whole)
        {
            Write(writer, _old is null ? [] : _old.Keys);
            Write(writer, _young.Keys);
        }
        else if (_turnsSinceSaved == 0)
        {
            Write(writer, _young.Keys[_saved..]);
        }
        else
        {
            writer.Int32(_old!.Count - _saved + _young.Count);
            writer.Raw(MemoryMarshal.AsBytes(_old.Keys[_saved..]));
            writer.Raw(MemoryMarshal.AsBytes(_young.Keys));
        }

        (_saved, _turnsSinceSaved) = (_young.Count, 0);
        return whole ? SavedState.Whole : SavedState.Changes;
    }

    /// <summary>Takes in what <see cref="Save"/> wrote.</summary>
    public void Restore(StateReader reader)
    {
        if (reader.IsWhole)
        {
            _old = Read(reader);
            _young = Read(reader);
            if (_old.Count == 0) _old = null;
        }
        else
        {
            for (var left = reader.Count(Unsafe.SizeOf<Hash128>()); left > 0; left--) Add(ReadOne(reader));
        }

        (_saved, _turnsSinceSaved) = (_young.Count, 0);
    }

    /// <summary>Adds the keys of a share to those that are known.</summary>
    public void Restore(StateReader reader, KeyShare share)
    {
        for (var tables = reader.IsWhole ? 2 : 1; tables > 0; tables--)
        {
            for (var left = reader.Count(Unsafe.SizeOf<Hash128>()); left > 0; left--)
            {
                var key = ReadOne(reader);
                if (share.Holds(KeyShare.GroupOf(key)) && !Knows(key)) Add(key);
            }
        }
    }

    /// <summary>The error of a full memory.</summary>
    public static DataMeshException Full(long keys, long bytesMax) => new(
        $"'deduplicate' has met {keys:N0} different keys, and more do not fit its memory of {bytesMax >> 10:N0} KiB.",
        hint: "raise memory:, or say on_full: forget_oldest when repeats stand close together");

    private static void Write(StateWriter writer, ReadOnlySpan<Hash128> keys)
    {
        writer.Int32(keys.Length);
        writer.Raw(MemoryMarshal.AsBytes(keys));
    }

    private static HashTable128 Read(StateReader reader)
    {
        var table = new HashTable128();
        for (var left = reader.Count(Unsafe.SizeOf<Hash128>()); left > 0; left--) table.Add(ReadOne(reader));
        return table;
    }

    private static Hash128 ReadOne(StateReader reader)
    {
        Span<Hash128> one = stackalloc Hash128[1];
        reader.Raw(MemoryMarshal.AsBytes(one));
        return one[0];
    }
}
