using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet.Reading;

/// <summary>Builds a column of a known number of rows out of pages: present values from dense columns, nulls between them.</summary>
internal abstract class ColumnAppender(DataType type, int rows)
{
    private Bitmap? _validity;

    protected DataType Type { get; } = type;

    /// <summary>Rows the column will have.</summary>
    protected int Rows { get; } = rows;

    /// <summary>Rows so far.</summary>
    public int Count { get; private set; }

    public static ColumnAppender For(DataType type, int rows) => type.Kind switch
    {
        TypeKind.Null => new NullAppender(rows),
        TypeKind.Bool => new BoolAppender(rows),
        TypeKind.Int64 or TypeKind.Timestamp => new FixedAppender<long>(type, rows),
        TypeKind.Float64 => new FixedAppender<double>(type, rows),
        TypeKind.Date => new FixedAppender<int>(type, rows),
        TypeKind.Decimal => new FixedAppender<Int128>(type, rows),
        _ => new VarAppender(type, rows),
    };

    /// <summary>
    /// Appends rows: row i is null unless <paramref name="levels"/>[i] is <paramref name="present"/> (no levels: none is null). Values come from
    /// <paramref name="dense"/> from <paramref name="from"/> on; returns how many were used.
    /// </summary>
    public int Append(Column dense, int from, ReadOnlySpan<byte> levels, byte present, int rows)
    {
        var values = levels.IsEmpty ? rows : levels.Count(present);
        if (values == rows)
        {
            AppendValues(dense, from, rows);
            MarkPresent(rows);
        }
        else
        {
            AppendSparse(dense, from, levels, present);
            MarkSome(levels, present);
        }

        Count += rows;
        return values;
    }

    public abstract Column Build();

    /// <summary>Returns what was built so far when an error ends the reading.</summary>
    public virtual void Abandon() => _validity?.Dispose();

    protected Bitmap? TakeValidity() => _validity;

    protected abstract void AppendValues(Column dense, int from, int rows);

    protected abstract void AppendSparse(Column dense, int from, ReadOnlySpan<byte> levels, byte present);

    private void MarkPresent(int rows)
    {
        if (_validity is null) return;
        for (var row = Count; row < Count + rows; row++) _validity[row] = true;
    }

    private void MarkSome(ReadOnlySpan<byte> levels, byte present)
    {
        if (_validity is null)
        {
            _validity = Bitmap.Zeros(Rows);
            for (var row = 0; row < Count; row++) _validity[row] = true;
        }

        var words = _validity.Words;
        for (var i = 0; i < levels.Length; i++)
        {
            var row = Count + i;
            words[row >> 6] |= (levels[i] == present ? 1UL : 0) << (row & 63);
        }
    }

    private sealed class NullAppender(int rows) : ColumnAppender(DataType.Null, rows)
    {
        public override Column Build()
        {
            Abandon();
            return new NullColumn(Rows);
        }

        protected override void AppendValues(Column dense, int from, int rows)
        {
        }

        protected override void AppendSparse(Column dense, int from, ReadOnlySpan<byte> levels, byte present)
        {
        }
    }

    private sealed class BoolAppender(int rows) : ColumnAppender(DataType.Bool, rows)
    {
        private readonly Bitmap _bits = Bitmap.Zeros(rows);

        public override Column Build() => new BoolColumn(_bits, TakeValidity());

        protected override void AppendValues(Column dense, int from, int rows)
        {
            var values = ((BoolColumn)dense).Values;
            for (var i = 0; i < rows; i++)
                if (values[from + i]) _bits[Count + i] = true;
        }

        protected override void AppendSparse(Column dense, int from, ReadOnlySpan<byte> levels, byte present)
        {
            var values = ((BoolColumn)dense).Values;
            for (var i = 0; i < levels.Length; i++)
                if (levels[i] == present && values[from++]) _bits[Count + i] = true;
        }
    }

    private sealed class FixedAppender<T>(DataType type, int rows) : ColumnAppender(type, rows) where T : unmanaged
    {
        private readonly PooledBuffer _values = PooledBuffer.Rent<T>(rows);

        public override Column Build() => new FixedColumn<T>(Type, _values, Rows, TakeValidity());

        public override void Abandon()
        {
            base.Abandon();
            _values.Dispose();
        }

        protected override void AppendValues(Column dense, int from, int rows) =>
            ((FixedColumn<T>)dense).Values.Slice(from, rows).CopyTo(_values.As<T>()[Count..]);

        protected override void AppendSparse(Column dense, int from, ReadOnlySpan<byte> levels, byte present)
        {
            var source = ((FixedColumn<T>)dense).Values[from..];
            var target = _values.As<T>().Slice(Count, levels.Length);
            var next = 0;
            for (var i = 0; i < levels.Length; i++) target[i] = levels[i] == present ? source[next++] : default;
        }
    }
}
