using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>
/// An expression over one single column of texts. When that column is dictionary-encoded, the expression runs once per dictionary entry (and once for
/// null), remembers the results from batch to batch, and every row only looks its code up. Otherwise it runs over the rows.
/// </summary>
internal sealed class PerEntryNode(Node inner, int column, int slot) : Node(inner.Type)
{
    public override IReadOnlyList<Node> Children => [inner];

    public override Operand Evaluate(Frame frame)
    {
        if (frame[column] is not VarColumn { Dictionary: { } dictionary } text) return inner.Evaluate(frame);
        var table = frame.State(slot, () => new Memory()).Of(dictionary);
        // A dictionary that grows faster than its use is not worth it.
        if (dictionary.Count - table.Count > frame.Length) return inner.Evaluate(frame);
        if (table.Count < dictionary.Count) table.Extend(inner, frame, column, text.Type);
        return table.LookUp(frame, text, Type);
    }

    /// <summary>The tables of the dictionary met last: a worker meets one at a time for long stretches.</summary>
    private sealed class Memory
    {
        private EntryTable? _table;

        public EntryTable Of(ValueDictionary dictionary)
        {
            if (_table?.Dictionary != dictionary) _table = new EntryTable(dictionary);
            return _table;
        }
    }
}
