namespace DataMesh.Core.Components;

/// <summary>What a component may know of its surroundings.</summary>
public sealed class ComponentContext
{
    /// <summary>The folder that relative paths are meant from: the pipeline file's.</summary>
    public required string BaseFolder { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Size of the blocks that text is read in; 1 for a block to every record.</summary>
    public int BlockBytes { get; init; } = Limits.BlockBytes;

    /// <summary>Name of the running pipeline.</summary>
    public string Pipeline { get; init; } = "";

    /// <summary>True when the pipeline looks again later: input that is not there yet is no error, and files may still be growing.</summary>
    public bool Repeats { get; init; }

    /// <summary>True when the pipeline's trigger lets it run again and again: no end of input is the last.</summary>
    public bool IsEndless { get; private init; }

    /// <summary>
    /// True when the schemas to bind to were narrowed to the columns that are needed later (the stages were bound to the full schemas before):
    /// a column that a stage names and that is gone is no error then, the stage leaves it out.
    /// </summary>
    public bool ColumnsArePruned { get; private init; }

    /// <summary>The context for a pipeline that runs again and again, or once.</summary>
    public ComponentContext For(bool isEndless) => new()
    {
        BaseFolder = BaseFolder,
        Clock = Clock,
        BlockBytes = BlockBytes,
        Pipeline = Pipeline,
        Repeats = Repeats,
        ColumnsArePruned = ColumnsArePruned,
        IsEndless = isEndless,
    };

    /// <summary>The context for reading in blocks of another size.</summary>
    public ComponentContext InBlocksOf(int bytes) => new() { BaseFolder = BaseFolder, Clock = Clock, BlockBytes = bytes, Pipeline = Pipeline, Repeats = Repeats, IsEndless = IsEndless, ColumnsArePruned = ColumnsArePruned };

    /// <summary>The context for binding again to narrowed schemas.</summary>
    public ComponentContext ToPruned() => new() { BaseFolder = BaseFolder, Clock = Clock, BlockBytes = BlockBytes, Pipeline = Pipeline, Repeats = Repeats, IsEndless = IsEndless, ColumnsArePruned = true };

    /// <summary>A path from the pipeline file made absolute.</summary>
    public string Resolve(string path) => Path.GetFullPath(path, BaseFolder);
}
