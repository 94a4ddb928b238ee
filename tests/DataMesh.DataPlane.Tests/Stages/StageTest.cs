using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Testing;

namespace DataMesh.DataPlane.Tests.Stages;

/// <summary>What stage tests say over and over: these rows in, those rows out.</summary>
internal static class StageTest
{
    /// <summary>Runs the stage on rows (JSON objects one after another) and compares what comes out, and the reasons in quarantine.</summary>
    public static void Gives(Stage stage, string input, string output, params string[] quarantined) => Gives(stage, JsonRows.Parse(input), output, quarantined);

    /// <summary>Runs the stage on a batch and compares what comes out, and the reasons in quarantine.</summary>
    public static void Gives(Stage stage, RecordBatch input, string output, params string[] quarantined)
    {
        using var result = StageRunner.Run(stage, [input]);
        Rows(output, result.Rows());
        Assert.Equal(quarantined, result.Quarantined.Select(row => row.Reason));
    }

    /// <summary>Compares rows by meaning.</summary>
    public static void Rows(string expected, IReadOnlyList<string> actual)
    {
        var wanted = JsonRows.Split(expected);
        Assert.True(wanted.Count == actual.Count, $"expected {wanted.Count} rows, found {actual.Count}:\n{string.Join('\n', actual)}");
        for (var i = 0; i < wanted.Count; i++)
        {
            var differences = JsonRowComparer.Differences(wanted[i], actual[i]);
            Assert.True(differences.Count == 0, $"row {i}: {string.Join("; ", differences)}\n{string.Join('\n', actual)}");
        }
    }

    /// <summary>The schema that a stage announces for an input schema, as text.</summary>
    public static string SchemaOf(Stage stage, Schema input, ComponentContext? context = null) =>
        stage.Bind(input, context ?? StageRunner.DefaultContext).OutputSchemas[0].ToString();

    /// <summary>The input columns that a stage needs for given outputs, sorted; all outputs when none are given.</summary>
    public static string RequiredBy(Stage stage, Schema input, params string[] outputs)
    {
        var wanted = outputs.Length == 0 ? null : new HashSet<string>(outputs, StringComparer.OrdinalIgnoreCase);
        var required = stage.Bind(input, StageRunner.DefaultContext).RequiredInputs(wanted);
        return required is null ? "(all)" : string.Join(",", required.Order(StringComparer.Ordinal));
    }

    /// <summary>The error of a stage that does not fit its input.</summary>
    public static DataMeshException BindError(Stage stage, Schema input) =>
        Assert.Throws<DataMeshException>(() => stage.Bind(input, StageRunner.DefaultContext));

    /// <summary>A schema from <c>name type</c> pairs parted by commas.</summary>
    public static Schema SchemaFrom(string text) => new(text.Split(',').Select(part =>
    {
        var words = part.Trim().Split(' ', 2);
        Assert.True(DataType.TryParse(words[1].Replace(';', ','), out var type), words[1]);
        return new Field(words[0], type);
    }));

    /// <summary>The context of the second binding, when columns that nobody needs are gone.</summary>
    public static ComponentContext Pruned { get; } = StageRunner.DefaultContext.ToPruned();
}
