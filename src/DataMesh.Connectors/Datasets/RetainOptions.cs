using DataMesh.Core.Components;
using DataMesh.Formats.Delta;

namespace DataMesh.Connectors.Datasets;

/// <summary>How long a dataset keeps what.</summary>
public sealed class RetainOptions
{
    /// <summary>Log entries.</summary>
    [Option("How long log entries are kept, and with them the history and older versions; 30d when the table does not say. They go when a checkpoint is written.")]
    public TimeSpan? Log { get; set; }

    /// <summary>Files of older versions.</summary>
    [Option("How long files that are no longer part of the table stay for readers of older versions, until a vacuum; 7d when the table does not say.")]
    public TimeSpan? Files { get; set; }

    /// <summary>Rows.</summary>
    [Option("Rows that are deleted when they are old.")]
    public RowRetention? Rows { get; set; }

    /// <summary>The table properties that say the same.</summary>
    internal Dictionary<string, string> ToProperties()
    {
        var properties = new Dictionary<string, string>();
        if (Log is { } log) properties[PropertyNames.LogRetention] = Retention.Text(log);
        if (Files is { } files) properties[PropertyNames.DeletedFileRetention] = Retention.Text(files);
        if (Rows is not { } rows) return properties;
        properties[PropertyNames.RetainColumn] = rows.Column;
        properties[PropertyNames.RetainOlderThan] = Retention.Text(rows.OlderThan);
        return properties;
    }
}

/// <summary>Which rows are old.</summary>
public sealed class RowRetention
{
    /// <summary>The column with their time.</summary>
    [Option("Column with the time or the date of a row. Rows in which it is null stay.", Required = true)]
    public string Column { get; set; } = "";

    /// <summary>The age.</summary>
    [Option("Rows older than this go: after each commit the files that hold nothing else, with `datamesh dataset retain` all of them.", Required = true)]
    public TimeSpan OlderThan { get; set; }

    /// <summary>What a table says about itself, or null.</summary>
    public static RowRetention? Of(TableMetadata metadata) =>
        metadata.Configuration.TryGetValue(PropertyNames.RetainColumn, out var column)
        && Retention.Parse(metadata.Configuration.GetValueOrDefault(PropertyNames.RetainOlderThan, "")) is { } age
            ? new RowRetention { Column = column, OlderThan = age } : null;
}
