using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Reads the bytes of a variable-length operand by row: constant, flat or dictionary-encoded.</summary>
internal readonly ref struct ByteReader
{
    private readonly ReadOnlySpan<int> _offsets;
    private readonly ReadOnlySpan<byte> _data;
    private readonly VarColumn? _encoded;

    public ByteReader(in Operand operand)
    {
        if (operand.Constant is { } constant) _data = constant.Bytes;
        else if (operand.Column is VarColumn { Dictionary: null } flat)
        {
            _offsets = flat.Offsets;
            _data = flat.Data;
        }
        else _encoded = operand.Column as VarColumn;
    }

    public ReadOnlySpan<byte> this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (_offsets.IsEmpty) return _encoded is null ? _data : _encoded[row];
            var start = _offsets[row];
            return MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref MemoryMarshal.GetReference(_data), start), _offsets[row + 1] - start);
        }
    }
}
