using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Drift;
using DataMesh.Core.Errors;
using DataMesh.Core.Pipelines;
using DataMesh.DataPlane.Stages;
using DataMesh.DataPlane.Stages.Deduplication;
using DataMesh.Runtime.Commit;
using DataMesh.Runtime.Runs;

namespace DataMesh.Runtime.Quarantine;

/// <summary>Records that are decoded alike (one source, one format), or that enter at one stage, by part.</summary>
internal sealed class ReplayGroup(QuarantineParts parts)
{
    private readonly Dictionary<string, RowSet> _rows = [];

    /// <summary>Adds a record.</summary>
    public void Add(QuarantinedRecord record)
    {
        if (!_rows.TryGetValue(record.Part, out var rows)) _rows.Add(record.Part, rows = new RowSet());
        rows.Add(new RowRange(record.Row, 1));
    }

    /// <summary>The records, read from their parts as they are asked for.</summary>
    public IEnumerable<QuarantinedRecord> Read() =>
        parts.All.Where(part => _rows.ContainsKey(part.Part.File)).SelectMany(part => parts.Read(part).Where(record => _rows[part.Part.File].Contains(record.Row)));

    /// <summary>How many records.</summary>
    public long Count => _rows.Values.Sum(rows => rows.Count);
}

/// <summary>Sorts records by how they come back into the pipeline as it is now.</summary>
internal sealed class ReplayGroups(PipelineRun run, QuarantineParts parts)
{
    private readonly PipelineDefinition _definition = run.Definition;
    private readonly Dictionary<(string Source, string Format), ReplayGroup> _sources = [];
    private readonly Dictionary<string, ReplayGroup> _stages = [];

    /// <summary>Adds a record, or says why it can not come back.</summary>
    public string? Add(QuarantinedRecord record)
    {
        if (!record.IsWhole) return $"only the first {Core.Limits.QuarantineBytesKeptMax >> 10} KiB of the record were kept";
        return record.Form switch
        {
            DataPlane.Quarantine.QuarantineWriter.SourceForm => AddSource(record),
            DataPlane.Quarantine.QuarantineWriter.RowForm => AddRow(record),
            _ => "set aside by an earlier version of the program, which did not keep how to decode the record",
        };
    }

    /// <summary>The pipeline whose sources give these records: each source those of its files, and one more for every stage at which rows enter.</summary>
    public PipelineDefinition ToDefinition() => _definition with
    {
        Sources =
        [
            .. _definition.Sources.Select(node => node with { Source = new ReplaySource(node, run.Recovered.SourceSchemas.GetValueOrDefault(node.Id), GroupsOf(node.Id)) }),
            .. _stages.Select(each => new SourceNode($"quarantine.{each.Key}", "quarantine", new EntrySource(each.Value), LocationOf(each.Key)) { EntersAt = each.Key }),
        ],
    };

    private string? AddSource(QuarantinedRecord record)
    {
        if (_definition.Sources.FirstOrDefault(node => node.Id == record.SourceId) is not { } node) return $"their source '{record.SourceId}' is no longer in the pipeline";
        if (DriftOf(record, node.Id) is { } unsettled) return unsettled;
        if (record.Format is not { } format) return $"a record of the source '{node.Id}' can not be decoded alone";
        if (!_sources.TryGetValue((node.Id, format), out var group))
        {
            if (node.Source.OpenRecords(node.Id, format, [], new DecodePlan(new Schema([]), false)) is null) return $"the source '{node.Id}' does not read the format they have";
            RequirePassable(new NodeOutput(node.Id));
            _sources.Add((node.Id, format), group = new ReplayGroup(parts));
        }

        group.Add(record);
        return null;
    }

    /// <summary>
    /// Why a record that was set aside for a change of structure can not come back by the drift policy as it is now; null when it can. A replay has no file
    /// whose structure could be judged: the policy speaks here.
    /// </summary>
    private string? DriftOf(QuarantinedRecord record, string source)
    {
        if (record.Reason != QuarantineReasons.StructuralDrift || record.Rule is not { } rule) return null;
        var (word, column) = rule.IndexOf(": ", StringComparison.Ordinal) is > 0 and var cut ? (rule[..cut], rule[(cut + 2)..]) : (rule, null);
        var kind = Enum.GetValues<DriftKind>().Cast<DriftKind?>().FirstOrDefault(each => Naming.SnakeCase(each.ToString()!) == word);
        if (kind is not { } known) return null;
        var action = _definition.Drift.ActionOn(known, column);
        if (action is DriftAction.Quarantine or DriftAction.Fail) return $"the drift policy sets such records aside as it did ({rule})";
        if (known is not (DriftKind.ColumnAdded or DriftKind.ColumnRenamed) || action != DriftAction.Evolve || column is null) return null;
        return run.Recovered.SourceSchemas.GetValueOrDefault(source)?.IndexOf(column) < 0
            ? $"the table does not have the new column '{column}' yet: run the pipeline on a file that has it first, or leave it out with 'column_added: ignore'"
            : null;
    }

    private string? AddRow(QuarantinedRecord record)
    {
        if (!_stages.TryGetValue(record.Stage, out var group))
        {
            if (!HasStage(record.Stage)) return $"the stage '{record.Stage}', where the rows came in, is no longer in the pipeline";
            RequirePassable(new NodeOutput(record.Stage));
            if (_definition.Stages.FirstOrDefault(node => node.Id == record.Stage) is { } stage) Require(stage);
            _stages.Add(record.Stage, group = new ReplayGroup(parts));
        }

        group.Add(record);
        return null;
    }

    private List<(string Format, ReplayGroup Group)> GroupsOf(string source) => [.. _sources.Where(each => each.Key.Source == source).Select(each => (each.Key.Format, each.Value))];

    /// <summary>A stage of the pipeline file, or one that the runtime puts before a sink.</summary>
    private bool HasStage(string id) =>
        _definition.Stages.Any(node => node.Id == id) || _definition.Sinks.Any(node => id == $"{node.Id}.conform" || (id == $"{node.Id}.latest" && node.Sink.Upsert is not null));

    private Location LocationOf(string stage) => _definition.Stages.FirstOrDefault(node => node.Id == stage)?.Location ?? _definition.Sinks[0].Location;

    private void RequirePassable(NodeOutput from)
    {
        foreach (var stage in _definition.Stages.Where(stage => stage.Inputs.Any(input => input.Node == from.Node)))
        {
            Require(stage);
            RequirePassable(new NodeOutput(stage.Id));
        }
    }

    private static void Require(StageNode stage)
    {
        if (stage.Stage.Order != StageOrder.Merging && stage.Stage is not DeduplicateStage { Keep: KeepRow.Last }) return;
        throw new DataMeshException(
            $"Records can not be replayed through the stage '{stage.Id}' ({stage.Type}): its results are made of the whole input of a run.", stage.Location,
            hint: "run with --rebuild, which reads everything again by the pipeline file as it is now");
    }
}
