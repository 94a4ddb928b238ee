using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.TestHook;

/// <summary>Lets rows through only while a file is there: a pipeline that can not write as fast as it reads, for as long as a test wants.</summary>
[Component("gate", ComponentKind.Stage, "Lets rows through only while a file is there.")]
public sealed class GateStage : Stage
{
    /// <summary>The file.</summary>
    [Option("The file.", Required = true, Shorthand = true)]
    public string File { get; set; } = "";

    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputsInSpite(Schema input) => [input];

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context) => new Bound(input, context.Resolve(File));

    private sealed class Bound(Schema schema, string file) : BoundStage
    {
        public override IReadOnlyList<Schema> OutputSchemas { get; } = [schema];

        public override StageWorker CreateWorker(int input = 0) => new Worker(file);
    }

    private sealed class Worker(string file) : StageWorker
    {
        public override void Process(RecordBatch batch, StageOutput output)
        {
            while (!System.IO.File.Exists(file)) Thread.Sleep(10);
            output.Emit(batch);
        }
    }
}
