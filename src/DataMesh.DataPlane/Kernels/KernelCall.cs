using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>
/// Computes a column from columns and constants. The arguments stay the caller's. In a strict kernel no argument is a null constant, and a row with a
/// null argument gives null.
/// </summary>
internal delegate Operand Kernel(in KernelCall call);

/// <summary>A kernel and how it treats nulls and constants.</summary>
/// <param name="Run">The kernel.</param>
/// <param name="IsStrict">Whether a null argument makes the result null.</param>
/// <param name="TakesConstantFirst">Whether the first argument must stay a constant (a unit, a zone) even when all arguments are.</param>
/// <param name="CanFail">Whether there are arguments for which it can not be computed. Saying so needlessly costs speed, the opposite loses the bytes of bad rows.</param>
internal sealed record KernelEntry(Kernel Run, bool IsStrict = true, bool TakesConstantFirst = false, bool CanFail = true);

/// <summary>The arguments of one run of a kernel.</summary>
internal readonly struct KernelCall(Operand[] arguments, DataType type, Frame frame, int slot)
{
    public Operand this[int index] => arguments[index];

    public int Count => arguments.Length;

    public Operand[] Arguments => arguments;

    /// <summary>Type of the result.</summary>
    public DataType Type => type;

    public Frame Frame => frame;

    public int Length => frame.Length;

    /// <summary>What this call remembers from batch to batch (a compiled pattern).</summary>
    public T State<T>(Func<T> make) where T : class => frame.State(slot, make);

    /// <summary>The rows where no argument is null, in new memory; null when that is all of them.</summary>
    public Bitmap? CombinedValidity() => Bits.CombineValidity(arguments, frame.Length);
}
