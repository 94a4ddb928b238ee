using System.Text;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.TestHook;

/// <summary>Ends the process when a row has a certain text, as a bug in native code would: no handler runs.</summary>
[Component("die", ComponentKind.Stage, "Ends the process when a row has a certain text.")]
public sealed class DieStage : Stage
{
    /// <summary>The text.</summary>
    [Option("The text.", Required = true, Shorthand = true)]
    public string On { get; set; } = "";

    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputsInSpite(Schema input) => [input];

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context) => new Bound(input, Encoding.UTF8.GetBytes(On));

    private sealed class Bound(Schema schema, byte[] text) : BoundStage
    {
        public override IReadOnlyList<Schema> OutputSchemas { get; } = [schema];

        public override StageWorker CreateWorker(int input = 0) => new Worker(text);
    }

    private sealed class Worker(byte[] text) : StageWorker
    {
        public override void Process(RecordBatch batch, StageOutput output)
        {
            for (var column = 0; column < batch.Schema.Count; column++)
            {
                if (batch[column] is not VarColumn texts) continue;
                for (var row = 0; row < batch.Length; row++)
                {
                    if (texts.IsNull(row) || !texts[row].SequenceEqual(text)) continue;
                    System.Diagnostics.Process.GetCurrentProcess().Kill();
                    Thread.Sleep(Timeout.Infinite);
                }
            }

            output.Emit(batch);
        }
    }
}
