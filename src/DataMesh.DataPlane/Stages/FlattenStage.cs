using System.Text.Json;
using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Expressions;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages;

/// <summary>Takes fields out of JSON objects into columns.</summary>
[Component("flatten", ComponentKind.Stage, "Takes fields out of a column of JSON objects into columns of their own.",
    Details = "Nested objects of JSON files are columns with dotted names already; this stage is for JSON text inside a column. The fields are declared, by name and type or by an example, so that the "
        + "columns never depend on which rows came first. What has no column is left out, or stays in the column that `rest` names: a new member is not lost, and can get its column "
        + "later. A missing field is null; a text that is no JSON object, or a field that does not fit its type, sets the row aside.")]
[Example("Two fields, one of them nested", "flatten: { column: payload, fields: { user.name: string, amount: float64 } }", """
    {"id": 1, "payload": "{\"user\": {\"name\": \"Ann\"}, \"amount\": \"2.5\", \"x\": [1]}"}
    {"id": 2, "payload": "{}"}
    {"id": 3, "payload": "{broken"}
    """, """
    {"id": 1, "payload.user.name": "Ann", "payload.amount": 2.5}
    {"id": 2, "payload.user.name": null, "payload.amount": null}
    """, Quarantined = ["cast_failed"])]
[Example("Fields as in an example, and what is left over", """flatten: { column: payload, example: '{"user": {"name": "Ann"}, "amount": 1.5}', rest: more }""", """
    {"id": 1, "payload": "{\"user\": {\"name\": \"Ann\", \"age\": 7}, \"amount\": 2.5, \"x\": [1]}"}
    {"id": 2, "payload": "{\"amount\": 3}"}
    """, """
    {"id": 1, "payload.user.name": "Ann", "payload.amount": 2.5, "more": {"user": {"age": 7}, "x": [1]}}
    {"id": 2, "payload.user.name": null, "payload.amount": 3.0, "more": null}
    """)]
public sealed class FlattenStage : Stage
{
    /// <summary>The column.</summary>
    [Option("The column that holds JSON objects.", Required = true)]
    public string Column { get; set; } = "";

    /// <summary>Path to type.</summary>
    [Option("The fields to take by their path (`user.name`), with their types. Their types go before those of the example.")]
    public OrderedMap<DataType> Fields { get; set; } = [];

    /// <summary>An object to take fields and types from.</summary>
    [Option("A JSON object as the column holds them: every member becomes a field with the type that its value has, dates and times as in ISO 8601 too; what is null there is read as a string.")]
    public string? Example { get; set; }

    /// <summary>The column for what is left over.</summary>
    [Option("Name of a column of type json for the members that have no column of their own, null when there are none; without it they are left out.")]
    public string? Rest { get; set; }

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
        var fields = AllFields();
        if (fields.Count == 0) throw new DataMeshException("`flatten` needs at least one field.", hint: "for example fields: { user.name: string }, or as example: an object that peek shows");
        var at = JsonInput.Find(Column, input, context, OptionPlaces.Of(this, nameof(Column)));
        if (at < 0) return new BoundProjection(input, input, [.. Enumerable.Range(0, input.Count)]);
        var prefix = Prefix ?? input[at].Name + ".";
        var added = fields.Select(field => new Field(prefix + field.Key, field.Value)).ToList();
        if (Rest is not null) added.Add(new Field(Rest, DataType.Json));
        int[] kept = [.. Enumerable.Range(0, input.Count).Where(i => Keep || i != at)];
        int[] before = [.. kept.Where(i => i <= at)];
        int[] after = [.. kept.Where(i => i > at)];
        var output = new Schema([.. before.Select(i => input[i]), .. added, .. after.Select(i => input[i])]);
        return new Bound(input, output, new Layout(at, before, after), new JsonFields(fields) { HasRest = Rest is not null }, OnError);
    }

    /// <summary>The members of the example, then what is declared besides.</summary>
    private OrderedMap<DataType> AllFields()
    {
        if (Example is null) return Fields;
        var all = new OrderedMap<DataType>();
        foreach (var field in ReadExample())
        {
            if (Fields.Find(each => each.Key == field.Name) is { } declared) all.Add(declared);
            else if (!Fields.Exists(each => field.Name.StartsWith(each.Key + ".", StringComparison.Ordinal)))
                all.Add(new OrderedMapEntry<DataType>(field.Name, field.Type.Kind == TypeKind.Null ? DataType.String : field.Type, OptionPlaces.Of(this, nameof(Example))));
        }

        foreach (var declared in Fields)
            if (!all.Exists(each => each.Key == declared.Key)) all.Add(declared);
        return all;
    }

    private Schema ReadExample()
    {
        try
        {
            using var row = JsonRows.Parse([Example!]);
            return new Schema(row.Schema.Select((field, i) => field with { Type = field.Type.Kind == TypeKind.String ? TimeOr(row[i]) : field.Type }));
        }
        catch (Exception error) when (error is DataMeshException or JsonException)
        {
            throw new DataMeshException("The example is not a JSON object.", OptionPlaces.Of(this, nameof(Example)), error.Message, "write one as in example: '{\"user\": {\"name\": \"Ann\"}}'");
        }
    }

    private static DataType TimeOr(Column text)
    {
        var value = ((VarColumn)text)[0];
        return value.Length == 10 && DateTimeParser.TryDate(value, out _) ? DataType.Date : DateTimeParser.TryTimestamp(value, null, out _) ? DataType.Timestamp : DataType.String;
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
        private readonly TextColumnBuilder[] _builders = [.. Enumerable.Range(0, fields.Types.Count + (fields.HasRest ? 1 : 0)).Select(_ => new TextColumnBuilder())];
        private readonly JsonRest? _rest = fields.HasRest ? new JsonRest() : null;

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
                    columns.Add(JsonValueText.Build(_builders[i], i < fields.Types.Count ? fields.Types[i] : DataType.Json, out var failed));
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
                fields.Read(ref reader, json, _builders, _rest);
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
