namespace DataMesh.Hosting.Orleans.Storage;

/// <summary>What is kept by grain storage. Every write leaves a mark: after an answer that was lost it tells whether the write was done.</summary>
[GenerateSerializer]
public abstract class Record
{
    /// <summary>The write that made it.</summary>
    [Id(0)] public string Mark { get; set; } = "";
}

/// <summary>A grain's state.</summary>
[GenerateSerializer]
public sealed class StateRecord : Record
{
    /// <summary>The state.</summary>
    [Id(0)] public string Json { get; set; } = "";

    /// <summary>Counts up with every turn that changed it.</summary>
    [Id(1)] public long Version { get; set; }

    /// <summary>Fencing token of its writer, or of the activation that took it over.</summary>
    [Id(2)] public long Fence { get; set; }

    /// <summary>Whether the grain must be running somewhere.</summary>
    [Id(3)] public bool KeepsRunning { get; set; }
}

/// <summary>A group of grains that live together.</summary>
[GenerateSerializer]
public sealed class GroupRecord : Record
{
    /// <summary>Fencing token of its last activation.</summary>
    [Id(0)] public long Fence { get; set; }

    /// <summary>The grains that may have state.</summary>
    [Id(1)] public List<string> Grains { get; set; } = [];

    /// <summary>The grains that must be running somewhere, and perhaps one that was about to.</summary>
    [Id(2)] public List<string> Kept { get; set; } = [];
}

/// <summary>Where the pages of an event stream are.</summary>
[GenerateSerializer]
public sealed class StreamRecord : Record
{
    /// <summary>Number of the oldest page.</summary>
    [Id(0)] public long First { get; set; }

    /// <summary>Number of the newest page.</summary>
    [Id(1)] public long Last { get; set; }

    /// <summary>Entries of every page but the newest, oldest first.</summary>
    [Id(2)] public List<int> Counts { get; set; } = [];

    /// <summary>No entry ever had a higher sequence number when this was written.</summary>
    [Id(3)] public long Sequence { get; set; }
}

/// <summary>A page of an event stream.</summary>
[GenerateSerializer]
public sealed class PageRecord : Record
{
    /// <summary>Its entries in order.</summary>
    [Id(0)] public List<EntryRecord> Entries { get; set; } = [];
}

/// <summary>An entry of an event stream.</summary>
[GenerateSerializer, Immutable]
public sealed class EntryRecord
{
    /// <summary>Ascends within the stream.</summary>
    [Id(0)] public long Sequence { get; set; }

    /// <summary>Milliseconds since 1970.</summary>
    [Id(1)] public long Time { get; set; }

    /// <summary>What it is.</summary>
    [Id(2)] public string Kind { get; set; } = "";

    /// <summary>The entry.</summary>
    [Id(3)] public string Json { get; set; } = "";
}

/// <summary>The texts of a pipeline.</summary>
[GenerateSerializer]
public sealed class TextRecord : Record
{
    /// <summary>Its versions in order.</summary>
    [Id(0)] public List<TextVersion> Versions { get; set; } = [];
}

/// <summary>A version of a pipeline's text.</summary>
[GenerateSerializer, Immutable]
public sealed class TextVersion
{
    /// <summary>Counts up from 1.</summary>
    [Id(0)] public long Version { get; set; }

    /// <summary>The text.</summary>
    [Id(1)] public string Yaml { get; set; } = "";

    /// <summary>Relative paths start here.</summary>
    [Id(2)] public string Folder { get; set; } = "";

    /// <summary>How it should run.</summary>
    [Id(3)] public string Options { get; set; } = "";

    /// <summary>Milliseconds since 1970.</summary>
    [Id(4)] public long SubmittedAt { get; set; }
}

/// <summary>Names of pipelines, some of them.</summary>
[GenerateSerializer]
public sealed class NamesRecord : Record
{
    /// <summary>In no order.</summary>
    [Id(0)] public List<string> Names { get; set; } = [];
}
