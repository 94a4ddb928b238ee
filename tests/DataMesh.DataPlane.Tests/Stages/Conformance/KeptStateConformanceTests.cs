using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Storage;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages.Conformance;

/// <summary>Every stage that keeps state goes on from saved state as if it had never stopped, wherever the input is cut.</summary>
public class KeptStateConformanceTests
{
    public static TheoryData<StageCase> Cases => StageCase.All;

    [Theory]
    [MemberData(nameof(Cases))]
    public void Goes_on_from_state_that_was_saved_after_any_row(StageCase each)
    {
        using var input = each.CreateInput();
        var bound = Bind(each, input.Schema);
        if (bound.Keeps != Keeping.State) return;
        Assert.NotEqual("", bound.StateDefinition);
        var undisturbed = Run(each, input, []);
        for (var cut = 0; cut <= input.Length; cut++)
        {
            Assert.Equal(undisturbed, Run(each, input, [cut]));
            Assert.Equal(undisturbed, Run(each, input, [cut, cut]));
        }

        Assert.Equal(undisturbed, Run(each, input, [.. Enumerable.Range(0, input.Length + 1)]));
    }

    private static BoundStage Bind(StageCase each, Schema input)
    {
        var stage = each.CreateStage();
        stage.PrepareAsync(StageRunner.DefaultContext, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        return stage.Bind(input, StageRunner.DefaultContext);
    }

    /// <summary>Runs row by row; at every cut the state is saved, and another worker takes over from all that was saved.</summary>
    private static List<string> Run(StageCase each, RecordBatch input, int[] cuts)
    {
        var bound = Bind(each, input.Schema);
        var output = new CollectingOutput(bound.OutputSchemas);
        var worker = bound.CreateWorker();
        var files = new List<byte[]>();
        for (var row = 0; row <= input.Length; row++)
        {
            foreach (var _ in cuts.Where(cut => cut == row))
            {
                Save(worker, files);
                worker = bound.CreateWorker();
                foreach (var file in files) Restore(worker, file);
            }

            if (row == input.Length) break;
            output.CountIn(1);
            worker.Process(input.Take([row]), output);
        }

        worker.Finish(output);
        using var result = output.ToResult();
        Assert.True(result.Ledger.IsClosed, result.Ledger.ToString());
        return [.. Enumerable.Range(0, bound.OutputSchemas.Count).SelectMany(result.Rows), .. result.Quarantined.Select(row => row.ToString())];
    }

    private static void Save(StageWorker worker, List<byte[]> files)
    {
        var stream = new MemoryStream();
        var writer = new StateWriter(stream);
        writer.Raw(StateWriter.Magic);
        var saved = worker.SaveState(writer, files.Count == 0);
        writer.Finish(saved == SavedState.Whole);
        if (saved == SavedState.Whole) files.Clear();
        if (saved != SavedState.Unchanged) files.Add(stream.ToArray());
    }

    private static void Restore(StageWorker worker, byte[] file)
    {
        var reader = new StateReader(new MemoryStream(file));
        worker.RestoreState(reader);
        Assert.Equal(0, reader.Left);
    }
}
