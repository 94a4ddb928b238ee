using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.Core.Tests.Components;

/// <summary>Small components, one per kind of option, for tests of the catalog, the binder and the pipeline file.</summary>
internal static class SampleComponents
{
    public static ComponentCatalog Catalog { get; } = new(
        [typeof(SampleFile), typeof(SampleFilter), typeof(SampleRename), typeof(SampleCast), typeof(SampleRoute), typeof(SampleUnion), typeof(SampleLookup),
         typeof(SampleSettings), typeof(SampleDistinct), typeof(SampleDataset), typeof(SampleFileSink)]);
}

public enum SampleMode
{
    Append,
    OverwriteAll,
    Null,
}

[Component("file", ComponentKind.Source, "Reads files.")]
internal sealed class SampleFile : Source
{
    [Option("Path.", Required = true, Shorthand = true)]
    public IReadOnlyList<string> Path { get; init; } = [];

    [Option("Delimiter.")]
    public char? Delimiter { get; init; }

    [Option("Types.")]
    public OrderedMap<DataType> Types { get; init; } = [];

    public override ValueTask<SourceDescription> DescribeAsync(ComponentContext context, CancellationToken cancellation) => throw new NotSupportedException();

    public override IAsyncEnumerable<Split> EnumerateAsync(ComponentContext context, CancellationToken cancellation) => throw new NotSupportedException();

    public override ValueTask<SplitReader> OpenAsync(Split split, long from, DecodePlan plan, ComponentContext context, CancellationToken cancellation) => throw new NotSupportedException();
}

internal abstract class SampleStage : Stage
{
    public override BoundStage Bind(Schema input, ComponentContext context) => throw new NotSupportedException();
}

[Component("filter", ComponentKind.Stage, "Keeps rows.")]
[Example("keeps the dear ones", "filter: cost > 1", """{"cost":1}""", "")]
internal sealed class SampleFilter : SampleStage
{
    [Option("Condition.", Required = true, Shorthand = true)]
    public ExpressionText? Where { get; init; }
}

[Component("rename", ComponentKind.Stage, "Renames columns.")]
internal sealed class SampleRename : SampleStage
{
    [Option("Old name to new name.", Shorthand = true)]
    public OrderedMap<string> Columns { get; init; } = [];

    [Option("Style.")]
    public SampleMode? Style { get; init; }
}

internal sealed class SampleCastRule
{
    public Location? Location { get; set; }

    [Option("Type.", Required = true, Shorthand = true)]
    public DataType Type { get; init; }

    [Option("Format.")]
    public string? Format { get; init; }
}

[Component("cast", ComponentKind.Stage, "Converts columns.")]
internal sealed class SampleCast : SampleStage
{
    public Location? Location { get; set; }

    [Option("Column to type.", Required = true, Shorthand = true)]
    public OrderedMap<SampleCastRule> Columns { get; init; } = [];

    [Option("On error.")]
    public SampleMode OnError { get; init; }
}

[Component("route", ComponentKind.Stage, "Splits the flow.")]
internal sealed class SampleRoute : SampleStage
{
    [Option("Output to condition.", Required = true, Shorthand = true)]
    public OrderedMap<ExpressionText> Branches { get; init; } = [];

    public override IReadOnlyList<string> Outputs => [.. Branches.Select(each => each.Key)];
}

[Component("union", ComponentKind.Stage, "Joins flows.")]
internal sealed class SampleUnion : SampleStage
{
    public override BoundStage Bind(IReadOnlyList<Schema> inputs, ComponentContext context) => throw new NotSupportedException();
}

[Component("distinct", ComponentKind.Stage, "Drops repeats.")]
internal sealed class SampleDistinct : SampleStage
{
    [Option("Keys.", Shorthand = true)]
    public string[] Keys { get; init; } = [];
}

[Component("lookup", ComponentKind.Stage, "Joins with a reference.")]
internal sealed class SampleLookup : SampleStage
{
    [Option("Reference.", Required = true)]
    public Source? From { get; init; }

    [Option("Keys.", Required = true)]
    public List<string> On { get; init; } = [];
}

[Component("settings", ComponentKind.Stage, "Has one of each.")]
internal sealed class SampleSettings : SampleStage
{
    [Option("Flag.")]
    public bool Flag { get; init; }

    [Option("Count.")]
    public int Count { get; init; } = 7;

    [Option("Large.")]
    public long? Large { get; init; }

    [Option("Ratio.")]
    public double Ratio { get; init; }

    [Option("Mode.")]
    public SampleMode Mode { get; init; }

    [Option("Memory.")]
    public ByteCount Memory { get; init; }

    [Option("Wait.")]
    public TimeSpan Wait { get; init; }

    [Option("Sizes.")]
    public IReadOnlyList<int> Sizes { get; init; } = [];

    [Option("Lists.")]
    public OrderedMap<List<string>> Lists { get; init; } = [];
}

internal abstract class SampleSink : Sink
{
    public override DeliveryGuarantee Guarantee => DeliveryGuarantee.ExactlyOnce;

    public override string TargetName => "sample";

    public override string TargetPath(ComponentContext context) => context.BaseFolder;

    public override ValueTask<TargetState> ReadStateAsync(string appId, ComponentContext context, CancellationToken cancellation) => throw new NotSupportedException();

    public override ValueTask<SinkWriter> OpenWriterAsync(Schema schema, ComponentContext context, CancellationToken cancellation) => throw new NotSupportedException();

    public override ValueTask<long> CommitAsync(SinkCommit commit, ComponentContext context, CancellationToken cancellation) => throw new NotSupportedException();
}

[Component("dataset", ComponentKind.Sink, "A table.")]
internal sealed class SampleDataset : SampleSink
{
    [Option("Name.", Required = true)]
    public string Name { get; init; } = "";

    [Option("Path.", Required = true)]
    public string Path { get; init; } = "";

    [Option("Partition columns.")]
    public IReadOnlyList<string> PartitionBy { get; init; } = [];
}

[Component("file", ComponentKind.Sink, "A file.")]
internal sealed class SampleFileSink : SampleSink
{
    [Option("Path.", Required = true, Shorthand = true)]
    public string Path { get; init; } = "";
}
