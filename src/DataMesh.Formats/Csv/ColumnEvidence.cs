using DataMesh.Core.Columns;
using DataMesh.Formats.Text;

namespace DataMesh.Formats.Csv;

/// <summary>What the values of one column say about its type.</summary>
internal sealed class ColumnEvidence
{
    private static readonly int AllLayouts = (1 << DateLayout.All.Count) - 1;
    private DataType _scalar = DataType.Null;
    private int _layouts = AllLayouts;
    private bool _hasDates;
    private bool _hasTimes;
    private bool _hasInexact;
    private bool _hasOnlySpecials = true;

    /// <summary>Whether two date layouts explain all values, so that the choice is a convention.</summary>
    public bool IsAmbiguous { get; private set; }

    /// <summary>Takes a value into account.</summary>
    public void Add(ReadOnlySpan<byte> value)
    {
        if (_scalar.Kind == TypeKind.String) return;
        value = value.Trim((byte)' ');
        if (value.IsEmpty) return;
        var type = ValueTypes.Of(value, DateLayout.Iso);
        if (type.Kind is TypeKind.Int64)
        {
            NumberText.TryParse(value, out long number);
            _hasInexact |= Math.Abs((decimal)number) > NumberText.ExactMax;
        }

        if (type.Kind is TypeKind.Int64 or TypeKind.Float64) _hasOnlySpecials &= value[^1] > '9' && (value[0] | 0x20) >= 'a' | value[0] == '-';
        if (type.Kind is TypeKind.Date or TypeKind.Timestamp or TypeKind.String && TryLayouts(value)) return;
        _scalar = TypeLattice.Join(_scalar, type);
    }

    /// <summary>The type and, for dates, the layout that explain all values; for texts the layout of the dates that came before the first that is none.</summary>
    public DataType Type(out DateLayout layout)
    {
        layout = DateLayout.Iso;
        if (_scalar.Kind == TypeKind.Float64 && (_hasInexact || _hasOnlySpecials)) return DataType.String;
        if (!_hasDates) return _scalar;
        for (var i = 0; i < DateLayout.All.Count; i++)
        {
            if ((_layouts >> i & 1) == 0) continue;
            layout = DateLayout.All[i];
            if (_scalar.Kind != TypeKind.Null) return DataType.String;
            IsAmbiguous = (_layouts & (_layouts - 1)) != 0;
            return _hasTimes ? DataType.Timestamp : DataType.Date;
        }

        return DataType.String;
    }

    private bool TryLayouts(ReadOnlySpan<byte> value)
    {
        if (value[0] is < (byte)'0' or > (byte)'9') return false;
        var fitting = 0;
        for (var i = 0; i < DateLayout.All.Count; i++)
        {
            if ((_layouts >> i & 1) == 0 || !TimeText.TryParseTime(value, DateLayout.All[i], out _, out _, out var isDate)) continue;
            fitting |= 1 << i;
            _hasTimes |= !isDate;
        }

        if (fitting == 0) return false;
        _layouts = fitting;
        return _hasDates = true;
    }
}
