using System.Text.Json;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages;

/// <summary>Takes fields out of JSON objects into columns.</summary>
[Component("flatten", ComponentKind.Stage, "Takes fields out of a column of JSON objects into columns of their own.",
    Details = "Nested objects of JSON files are columns with dotted names already; this stage is for JSON text inside a column. The fields are declared, so that the "
        + "columns never depend on which rows came first. A missing field is null; a text that is no JSON object, or a field that does not fit its type, sets the row aside.")]
[Example("Two fields, one of them nested", "flatten: { column: payload, fields: { user.name: string, amount: float64 } }", """
    {"id": 1, "payload": "{\"user\": {\"name\": \"Ann\"}, \"amount\": \"2.5\", \"x\": [1]}"}
    {"id": 2, "payload": "{}"}
    {"id": 3, "payload": "{broken"}
    """, """
    {"id": 1, "payload.user.name": "Ann", "payload.amount": 2.5}
    {"id": 2, "payload.user.name": null, "payload.amount": null}
    """, Quarantined = ["cast_failed"])]
public sealed class FlattenStage : Stage
{
    /// <summary>The column.</summary>
    [Option("The column that holds JSON objects.", Required = true)]
    public string Column { get; set; } = "";

    /// <summary>Path to type.</summary>
    [Option("The fields to take by their path (`user.name`), with their types.", Required = true)]
    public OrderedMap<DataType> Fields { get; set; } = [];

    /// <summary>What the names of the new columns begin with.</summary>
    [Option("What the names of the new columns begin with; the column's name and a dot by default.")]
    public string? Prefix { get; set; }

    /// <summary>Whether the JSON column stays.</summary>
    [Option("Whether the JSON column stays; false by default.")]
    public bool Keep { get; set; }

    /// <summary>What becomes of rows that do not fit.</summary>
    [Option("What becomes of a row whose JSON can not be read: quarantine (default), null or fail.")]
    public OnError OnError { get; set; }

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        if (Fields.Count == 0) throw new DataMeshException("`flatten` needs at least one field.", hint: "for example fields: { user.name: string }");
        var at = JsonInput.Find(Column, input, context, OptionPlaces.Of(this, nameof(Column)));
        if (at < 0) return new BoundProjection(input, input, [.. Enumerable.Range(0, input.Count)]);
        var prefix = Prefix ?? input[at].Name + ".";
        var added = Fields.Select(field => new Field(prefix + field.Key, field.Value));
        int[] kept = [.. Enumerable.Range(0, input.Count).Where(i => Keep || i != at)];
        int[] before = [.. kept.Where(i => i <= at)];
        int[] after = [.. kept.Where(i => i > at)];
        var output = new Schema([.. before.Select(i => input[i]), .. added, .. after.Select(i => input[i])]);
        return new Bound(input, output, new Layout(at, before, after), new JsonFields(Fields), OnError);
    }

    /// <summary>Where the JSON column stands, and which input columns go before and after the new ones.</summary>
    private sealed record Layout(int Json, int[] Before, int[] After);

    private sealed class Bound(Schema input, Schema output, Layout layout, JsonFields fields, OnError onError) : BoundStage
    {
        public override IReadOnlyList<Schema> OutputSchemas { get; } = [output];

        public override StageWorker CreateWorker(int input = 0) => new Worker(output, layout, fields, onError);

        public override IReadOnlySet<string>? RequiredInputs(IReadOnlySet<string>? requiredOutputs) =>
            RequiredColumns.With(requiredOutputs, input, [input[layout.Json].Name]);
    }

    private sealed class Worker(Schema schema, Layout layout, JsonFields fields, OnError onError) : StageWorker
    {
        private readonly TextColumnBuilder[] _builders = [.. fields.Types.Select(_ => new TextColumnBuilder())];

        public override void Process(RecordBatch batch, StageOutput output)
        {
            using (batch)
            {
                using var failedRows = new FailedRows(batch, output);
                var name = batch.Schema[layout.Json].Name;
                using (var json = CanonicalText.Raw(batch[layout.Json]))
                    Fail(ReadRows(json), name, failedRows, "The text is not a JSON object.");
                var columns = new List<Column>(schema.Count);
                foreach (var index in layout.Before) columns.Add(batch[index].Share());
                for (var i = 0; i < _builders.Length; i++)
                {
                    columns.Add(JsonValueText.Build(_builders[i], fields.Types[i], out var failed));
                    var field = schema[layout.Before.Length + i];
                    Fail(failed, field.Name, failedRows, $"The value is not of type {field.Type}.");
                }

                foreach (var index in layout.After) columns.Add(batch[index].Share());
                failedRows.EmitRest(new RecordBatch(schema, [.. columns], batch.Length, batch.Origin?.Share()));
            }
        }

        private Bitmap? ReadRows(VarColumn json)
        {
            Bitmap? failed = null;
            for (var row = 0; row < json.Length; row++)
            {
                if (json.IsNull(row) || json[row].IsEmpty) JsonFields.AppendMissing(_builders, row);
                else if (!TryRead(json[row]))
                {
                    failed ??= Bitmap.Zeros(json.Length);
                    failed[row] = true;
                    foreach (var builder in _builders) builder.Truncate(row);
                    JsonFields.AppendMissing(_builders, row);
                }
            }

            return failed;
        }

        private bool TryRead(ReadOnlySpan<byte> json)
        {
            try
            {
                var reader = new Utf8JsonReader(json, JsonValueText.ReaderOptions);
                if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return reader.TokenType == JsonTokenType.Null && AppendNulls();
                fields.Read(ref reader, json, _builders);
                return !reader.Read();
            }
            catch (JsonException)
            {
                return false;
            }
        }

        private bool AppendNulls()
        {
            JsonFields.AppendMissing(_builders, _builders[0].Count);
            return true;
        }

        private void Fail(Bitmap? failed, string name, FailedRows failedRows, string detail)
        {
            if (failed is null) return;
            if (onError == OnError.Fail && failed.CountOnes() > 0) throw new DataMeshException($"'{name}' can not be read: {detail}", hint: "`on_error: quarantine` sets such rows aside");
            if (onError == OnError.Quarantine) failedRows.Add(failed, QuarantineReasons.CastFailed, name, _ => detail);
            else failed.Dispose();
        }
    }
}
