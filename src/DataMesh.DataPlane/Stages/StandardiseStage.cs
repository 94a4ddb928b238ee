using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Kernels;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages;

/// <summary>Spellings of letters.</summary>
public enum LetterCase
{
    /// <summary>As they are.</summary>
    Keep,
    /// <summary>All capitals.</summary>
    Upper,
    /// <summary>All small.</summary>
    Lower,
    /// <summary>A capital at the beginning of each word, the others small.</summary>
    Title,
}

/// <summary>How numbers are written in a source.</summary>
public sealed class NumberStyle
{
    /// <summary>The type that they become.</summary>
    [Option("The type that the numbers become: float64 by default; int64 or a decimal.", Shorthand = true)]
    public DataType Type { get; set; } = DataType.Float64;

    /// <summary>What stands before the fraction.</summary>
    [Option("The character before the fraction; `.` by default.")]
    public char Decimal { get; set; } = '.';

    /// <summary>What stands between groups of digits.</summary>
    [Option("The character between groups of digits; `,` by default, `.` when the decimal character is `,`. Spaces and apostrophes between digits are always allowed.")]
    public char? Thousands { get; set; }
}

/// <summary>How one column is brought into order.</summary>
public sealed class StandardiseRule
{
    /// <summary>Whether spaces at the ends go.</summary>
    [Option("Whether white space at both ends is taken off; true by default.")]
    public bool Trim { get; set; } = true;

    /// <summary>Whether inner spaces become one.</summary>
    [Option("Whether white space inside becomes one space; false by default.")]
    public bool Collapse { get; set; }

    /// <summary>The case of letters.</summary>
    [Option("keep (default), upper, lower or title.", Shorthand = true)]
    public LetterCase Case { get; set; }

    /// <summary>Texts that mean null.</summary>
    [Option("Texts that mean null, in any case: `[n/a, unknown, \"-\", \"\"]`.")]
    public IReadOnlyList<string> NullTokens { get; set; } = [];

    /// <summary>Date patterns.</summary>
    [Option("Makes dates of texts in one of these patterns, tried in order: `[\"%d.%m.%Y\", yyyy-MM-dd]`.")]
    public IReadOnlyList<string> Date { get; set; } = [];

    /// <summary>Number style.</summary>
    [Option("Makes numbers of texts with separators and currency signs: `{ decimal: \",\", thousands: \".\" }`. `(5)` is -5.")]
    public NumberStyle? Number { get; set; }

    /// <summary>What becomes of rows that do not fit.</summary>
    [Option("What becomes of a row whose date or number can not be read: quarantine (default), null or fail.")]
    public OnError OnError { get; set; }

    internal ColumnChange ToChange(string column, Location? location)
    {
        if (Date.Count > 0 && Number is not null) throw new DataMeshException($"'{column}' can not be both a date and a number.", location);
        if (Date.Count > 0)
        {
            var format = new CastFormat { Patterns = Date };
            format.Validate(location);
            return new CastChange(DataType.Date, OnError, format, () => new StandardText(this));
        }

        if (Number is not { } style) return new TextChange(() => new StandardText(this));
        if (!style.Type.IsNumeric) throw new DataMeshException($"'{column}' can not become a number of type {style.Type}.", location, hint: "float64, int64 or decimal(p,s)");
        return new CastChange(style.Type, OnError, new CastFormat(), () => new StandardNumber(new StandardText(this), style));
    }
}

/// <summary>Brings texts into one form.</summary>
[Component("standardise", ComponentKind.Stage, "Brings texts into one form: white space, case, words for null, dates, and numbers with separators.",
    Details = "The steps run in this order: trim, collapse, null tokens, case, then date or number. Each distinct value of an encoded column is brought into order once.")]
[Example("Names, words for null, and numbers with separators",
    """standardise: { city: { case: title, collapse: true }, grade: { null_tokens: [n/a, "-"] }, price: { number: { decimal: ",", thousands: "." } } }""", """
    {"city": "  new   york ", "grade": "N/A", "price": "1.234,50 €"}
    {"city": "OSLO", "grade": " b ", "price": "(7)"}
    """, """
    {"city": "New York", "grade": null, "price": 1234.5}
    {"city": "Oslo", "grade": "b", "price": -7}
    """)]
[Example("Dates in several spellings", """standardise: { day: { date: ["%d.%m.%Y", "%Y-%m-%d"] } }""", """
    {"day": "31.01.2024"}
    {"day": " 2024-02-29 "}
    {"day": "soon"}
    """, """
    {"day": "2024-01-31"}
    {"day": "2024-02-29"}
    """, Quarantined = ["cast_failed"])]
[Example("All string columns at once", """standardise: { strings: { null_tokens: ["", "-"] } }""",
    """{"a": " x ", "b": "-", "n": 1}""", """{"a": "x", "b": null, "n": 1}""")]
public sealed class StandardiseStage : Stage
{
    /// <summary>Column to rule.</summary>
    [Option("The columns and how each is brought into order. Names may be patterns.", Shorthand = true)]
    public OrderedMap<StandardiseRule> Columns { get; set; } = [];

    /// <summary>The rule of all other string columns.</summary>
    [Option("How every string column that is not named is brought into order; not at all by default.")]
    public StandardiseRule? Strings { get; set; }

    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputsInSpite(Schema input) => [ColumnPattern.Assume(input, Columns.Select(entry => entry.Key))];

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        var changes = new ColumnChange?[input.Count];
        for (var i = 0; i < changes.Length; i++)
            if (input[i].Type.Kind == TypeKind.String) changes[i] = Strings?.ToChange(input[i].Name, null);
        DataMeshException.CheckEach(Columns, entry =>
        {
            foreach (var index in ColumnPattern.Find(entry.Key, input, context, entry.Location))
                changes[index] = Change(input[index], entry);
        });

        return new BoundColumns(input, changes);
    }

    /// <summary>A number or date that was recognised as such already needs no bringing into order.</summary>
    private static ColumnChange? Change(Field field, OrderedMapEntry<StandardiseRule> entry)
    {
        var change = entry.Value.ToChange(field.Name, entry.Location);
        if (field.Type.Kind is TypeKind.String or TypeKind.Null) return change;
        if (field.Type == change.Type) return null;
        if (field.Type.IsNumeric && change.Type.IsNumeric) return new CastChange(change.Type, entry.Value.OnError, new CastFormat());
        throw new DataMeshException($"The column '{field.Name}' is {field.Type}; only texts can be standardised.", entry.Location, hint: $"cast: {{ {field.Name}: string }} before");
    }
}
