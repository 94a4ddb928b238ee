using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.DataPlane.Testing;

/// <summary>
/// Runs one stage over batches in this thread, without source, sink or runtime: for examples, the tests inside pipeline files, and unit tests.
/// Every run checks what the runtime relies on: the ledger closes (per batch where stages run in parallel) and batches have the schema that was announced.
/// </summary>
public static class StageRunner
{
    /// <summary>A context for stages that need nothing from their surroundings.</summary>
    public static ComponentContext DefaultContext { get; } = new() { BaseFolder = Environment.CurrentDirectory };

    /// <summary>Prepares, binds and runs a stage over batches of one schema. Takes ownership of the batches.</summary>
    public static StageRunResult Run(Stage stage, IReadOnlyList<RecordBatch> batches, ComponentContext? context = null, int workers = 1)
    {
        context ??= DefaultContext;
        stage.PrepareAsync(context, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return Run(stage, stage.Bind(batches[0].Schema, context), [batches], workers);
    }

    /// <summary>Prepares, binds and runs a stage with several inputs (each with at least one batch). Takes ownership of the batches.</summary>
    public static StageRunResult RunInputs(Stage stage, IReadOnlyList<IReadOnlyList<RecordBatch>> inputs, ComponentContext? context = null, int workers = 1)
    {
        context ??= DefaultContext;
        stage.PrepareAsync(context, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return Run(stage, stage.Bind([.. inputs.Select(batches => batches[0].Schema)], context), inputs, workers);
    }

    /// <summary>
    /// Runs a bound stage. With several workers, batches go to them in turn, as they would on several cores; a sequential stage always has one.
    /// </summary>
    public static StageRunResult Run(Stage stage, BoundStage bound, IReadOnlyList<IReadOnlyList<RecordBatch>> inputs, int workers = 1)
    {
        var output = new CollectingOutput(bound.OutputSchemas);
        var all = new List<StageWorker>();
        for (var input = 0; input < inputs.Count; input++)
        {
            var mine = CreateWorkers(bound, input, stage.Order == StageOrder.Sequential ? 1 : workers);
            all.AddRange(mine);
            for (var i = 0; i < inputs[input].Count; i++)
            {
                output.CountIn(inputs[input][i].Length, stage.Order == StageOrder.Sequential ? 0 : i);
                mine[i % mine.Length].Process(inputs[input][i], output);
                if (stage.Order == StageOrder.Parallel) Check(output.Ledger, stage);
            }
        }

        if (stage.Order == StageOrder.Merging) bound.Merge(all, output);
        else foreach (var worker in all) worker.Finish(output);
        Check(output.Ledger, stage);
        return output.ToResult();
    }

    private static StageWorker[] CreateWorkers(BoundStage bound, int input, int count)
    {
        var workers = new StageWorker[count];
        for (var i = 0; i < count; i++) workers[i] = bound.CreateWorker(input);
        return workers;
    }

    private static void Check(StageLedger ledger, Stage stage)
    {
        if (!ledger.IsClosed) throw new InvalidOperationException($"The ledger of {stage.GetType().Name} is open: {ledger}.");
    }
}
