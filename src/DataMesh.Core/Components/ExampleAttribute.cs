namespace DataMesh.Core.Components;

/// <summary>
/// A worked example of a stage. It is printed in the reference and executed by the tests: the options run on the input rows must give the output rows.
/// </summary>
/// <param name="title">What the example shows.</param>
/// <param name="options">The stage as it stands in a pipeline file, in YAML: <c>filter: cost &gt; 0</c>.</param>
/// <param name="input">Input rows as JSON, one object a line.</param>
/// <param name="output">Expected output rows as JSON, one object a line (for several outputs: lines of the first).</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class ExampleAttribute(string title, string options, string input, string output) : Attribute
{
    /// <summary>What the example shows.</summary>
    public string Title { get; } = title;

    /// <summary>YAML of the stage.</summary>
    public string Options { get; } = options;

    /// <summary>Input rows, one JSON object a line.</summary>
    public string Input { get; } = input;

    /// <summary>Expected rows, one JSON object a line.</summary>
    public string Output { get; } = output;

    /// <summary>Reasons expected in quarantine, in row order.</summary>
    public string[] Quarantined { get; init; } = [];
}
