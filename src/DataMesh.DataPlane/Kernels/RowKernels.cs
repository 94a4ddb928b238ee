using System.Runtime.CompilerServices;
using DataMesh.Core.Columns;
using DataMesh.Core.Expressions;

namespace DataMesh.DataPlane.Kernels;

/// <summary>The arguments of one row, for functions of texts and mixed arguments.</summary>
internal ref struct Row
{
    private readonly ReadOnlySpan<Operand> _operands;
    private readonly ByteReader _first;
    private readonly ByteReader _second;
    private readonly ByteReader _third;
    private int _row;

    public Row(ReadOnlySpan<Operand> operands, object? state)
    {
        _operands = operands;
        State = state;
        if (operands.Length > 0) _first = new ByteReader(operands[0]);
        if (operands.Length > 1) _second = new ByteReader(operands[1]);
        if (operands.Length > 2) _third = new ByteReader(operands[2]);
    }

    /// <summary>Goes to a row. The reader itself is too large to be copied for each.</summary>
    public void MoveTo(int row) => _row = row;

    /// <summary>Number of arguments given.</summary>
    public readonly int Count => _operands.Length;

    /// <summary>What the function prepared for all rows (a compiled pattern).</summary>
    public readonly object? State { get; }

    /// <summary>The text of one of the first three arguments.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly ReadOnlySpan<byte> Text(int argument) => argument == 0 ? _first[_row] : argument == 1 ? _second[_row] : _third[_row];

    /// <summary>The value of an int64, timestamp or date argument.</summary>
    public readonly long Long(int argument)
    {
        var operand = _operands[argument];
        return operand.Constant is { } constant ? constant.Long : operand.Column is FixedColumn<int> dates ? dates.Values[_row] : operand.Values<long>()[_row];
    }

    public readonly double Double(int argument)
    {
        var operand = _operands[argument];
        return operand.Constant is { } constant ? constant.Double : operand.Values<double>()[_row];
    }
}

/// <summary>A function of a row whose result is a text.</summary>
internal interface ITextFunction
{
    static abstract Outcome Apply(in Row row, VarWriter output);
}

/// <summary>A function of a row whose result has a fixed width, or is a bool.</summary>
internal interface IRowFunction<T>
{
    static abstract Outcome Apply(in Row row, out T result);
}

/// <summary>Loops of row functions, specialised by the JIT for each function. Rows with a null argument give null without a call.</summary>
internal static class RowKernels
{
    public static KernelEntry Text<TFunction>(Func<KernelCall, object?>? prepare = null) where TFunction : struct, ITextFunction =>
        new((in call) => RunText<TFunction>(call, prepare));

    public static KernelEntry Fixed<T, TFunction>(Func<KernelCall, object?>? prepare = null) where T : unmanaged where TFunction : struct, IRowFunction<T> =>
        new((in call) => RunFixed<T, TFunction>(call, prepare));

    public static KernelEntry Bool<TFunction>(Func<KernelCall, object?>? prepare = null) where TFunction : struct, IRowFunction<bool> =>
        new((in call) => RunBool<TFunction>(call, prepare));

    private static object? Prepare(KernelCall call, Func<KernelCall, object?>? prepare) =>
        prepare is null ? null : call.State<object>(() => prepare(call) ?? new object());

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Operand RunText<TFunction>(in KernelCall call, Func<KernelCall, object?>? prepare) where TFunction : struct, ITextFunction
    {
        var validity = call.CombinedValidity();
        var rows = new Row(call.Arguments, Prepare(call, prepare));
        var writer = new VarWriter(call.Length);
        for (var i = 0; i < call.Length; i++)
        {
            if (validity is null || validity[i])
            {
                rows.MoveTo(i);
                var outcome = TFunction.Apply(rows, writer);
                if (outcome != Outcome.Value)
                {
                    writer.Reset();
                    validity = FixedKernels.Mark(call, validity, i, outcome);
                }
            }

            writer.EndValue();
        }

        return writer.ToColumn(call.Type, validity);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Operand RunFixed<T, TFunction>(in KernelCall call, Func<KernelCall, object?>? prepare) where T : unmanaged where TFunction : struct, IRowFunction<T>
    {
        var validity = call.CombinedValidity();
        var rows = new Row(call.Arguments, Prepare(call, prepare));
        var buffer = PooledBuffer.Rent<T>(call.Length);
        var result = buffer.As<T>();
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = default;
            if (validity is not null && !validity[i]) continue;
            rows.MoveTo(i);
            var outcome = TFunction.Apply(rows, out result[i]);
            if (outcome != Outcome.Value) validity = FixedKernels.Mark(call, validity, i, outcome);
        }

        return new FixedColumn<T>(call.Type, buffer, call.Length, validity);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Operand RunBool<TFunction>(in KernelCall call, Func<KernelCall, object?>? prepare) where TFunction : struct, IRowFunction<bool>
    {
        var validity = call.CombinedValidity();
        var rows = new Row(call.Arguments, Prepare(call, prepare));
        var values = Bitmap.Zeros(call.Length);
        for (var i = 0; i < call.Length; i++)
        {
            if (validity is not null && !validity[i]) continue;
            rows.MoveTo(i);
            var outcome = TFunction.Apply(rows, out var result);
            if (outcome != Outcome.Value) validity = FixedKernels.Mark(call, validity, i, outcome);
            else if (result) values[i] = true;
        }

        return new BoolColumn(values, validity);
    }

    /// <summary>The text of a constant argument, for functions that compile it; null when it is not constant.</summary>
    public static string? ConstantText(in Operand operand) => operand.Constant is Scalar { IsNull: false } constant ? constant.Text : null;
}
