namespace DataMesh.Core.Columns;

/// <summary>
/// Values of any length (string and json as UTF-8, binary): 32-bit offsets into a data buffer, or 32-bit codes into a <see cref="ValueDictionary"/>.
/// A null has an empty range or code 0.
/// </summary>
public sealed class VarColumn : Column
{
    private readonly PooledBuffer? _offsets;
    private readonly PooledBuffer? _data;
    private readonly PooledBuffer? _codes;

    /// <summary>A flat column; takes ownership of <paramref name="offsets"/> (length + 1 of Int32, first 0) and <paramref name="data"/>.</summary>
    public VarColumn(DataType type, PooledBuffer offsets, PooledBuffer data, int length, Bitmap? validity = null) : base(type, length, validity)
    {
        _offsets = offsets;
        _data = data;
    }

    /// <summary>A dictionary-encoded column; takes ownership of <paramref name="codes"/> (length of Int32), shares <paramref name="dictionary"/>.</summary>
    public VarColumn(DataType type, PooledBuffer codes, ValueDictionary dictionary, int length, Bitmap? validity = null) : base(type, length, validity)
    {
        _codes = codes;
        Dictionary = dictionary;
    }

    /// <summary>The dictionary that <see cref="Codes"/> point into, or null for a flat column.</summary>
    public ValueDictionary? Dictionary { get; }

    /// <summary>One code per value of a dictionary-encoded column.</summary>
    public ReadOnlySpan<int> Codes => _codes!.As<int>()[..Length];

    /// <summary>Length + 1 offsets of a flat column.</summary>
    public ReadOnlySpan<int> Offsets => _offsets!.As<int>()[..(Length + 1)];

    /// <summary>The bytes that <see cref="Offsets"/> of a flat column point into.</summary>
    public ReadOnlySpan<byte> Data => _data!.Span;

    /// <summary>The bytes of value <paramref name="row"/>; empty for a null.</summary>
    public ReadOnlySpan<byte> this[int row]
    {
        get
        {
            if (Dictionary is not null) return Validity is not null && !Validity[row] ? default : Dictionary[Codes[row]];
            var offsets = _offsets!.As<int>();
            return _data!.Span[offsets[row]..offsets[row + 1]];
        }
    }

    /// <inheritdoc/>
    public override long ByteSize => Dictionary is not null
        ? 4L * Length + (Validity is null ? 0 : Length / 8)
        : 4L * Length + _data!.Length + (Validity is null ? 0 : Length / 8);

    /// <inheritdoc/>
    public override Column Take(ReadOnlySpan<int> rows)
    {
        if (Dictionary is not null) return TakeCodes(rows);
        var offsets = PooledBuffer.Rent<int>(rows.Length + 1);
        var source = Offsets;
        var target = offsets.As<int>();
        var total = 0;
        target[0] = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            if (row >= 0) total = checked(total + source[row + 1] - source[row]);
            target[i + 1] = total;
        }

        var data = PooledBuffer.Rent(total);
        CopyRows(rows, source, Data, data.Span);
        return new VarColumn(Type, offsets, data, rows.Length, TakeValidity(rows));
    }

    /// <summary>This column without a dictionary: itself (shared) when it has none.</summary>
    public VarColumn Flatten()
    {
        if (Dictionary is null) return (VarColumn)Share();
        var offsets = PooledBuffer.Rent<int>(Length + 1);
        var target = offsets.As<int>();
        var total = 0;
        target[0] = 0;
        for (var i = 0; i < Length; i++)
        {
            total = checked(total + this[i].Length);
            target[i + 1] = total;
        }

        var data = PooledBuffer.Rent(total);
        for (var i = 0; i < Length; i++) this[i].CopyTo(data.Span[target[i]..]);
        return new VarColumn(Type, offsets, data, Length, Validity?.Clone());
    }

    /// <summary>The same memory under another variable-length type (string as json, say). The result is a new owner; this one keeps its own.</summary>
    public VarColumn WithType(DataType type)
    {
        if (type == Type) return (VarColumn)Share();
        if (Dictionary is null)
        {
            var (offsets, data) = (PooledBuffer.Rent<int>(Length + 1), PooledBuffer.Rent(_data!.Length));
            Offsets.CopyTo(offsets.As<int>());
            Data.CopyTo(data.Span);
            return new VarColumn(type, offsets, data, Length, Validity?.Clone());
        }

        var codes = PooledBuffer.Rent<int>(Length);
        Codes.CopyTo(codes.As<int>());
        return new VarColumn(type, codes, Dictionary, Length, Validity?.Clone());
    }

    /// <inheritdoc/>
    protected override void Release()
    {
        _offsets?.Dispose();
        _data?.Dispose();
        _codes?.Dispose();
    }

    private VarColumn TakeCodes(ReadOnlySpan<int> rows)
    {
        var codes = PooledBuffer.Rent<int>(rows.Length);
        Gather.Copy(Codes, rows, codes.As<int>());
        return new VarColumn(Type, codes, Dictionary!, rows.Length, TakeValidity(rows));
    }

    /// <summary>Copies the ranges of the rows; neighbouring rows are copied as one run.</summary>
    private static void CopyRows(ReadOnlySpan<int> rows, ReadOnlySpan<int> offsets, ReadOnlySpan<byte> data, Span<byte> target)
    {
        var at = 0;
        for (var i = 0; i < rows.Length;)
        {
            var first = rows[i];
            if (first < 0)
            {
                i++;
                continue;
            }

            var last = first;
            for (i++; i < rows.Length && rows[i] == last + 1; i++) last++;
            var run = data[offsets[first]..offsets[last + 1]];
            run.CopyTo(target[at..]);
            at += run.Length;
        }
    }
}
