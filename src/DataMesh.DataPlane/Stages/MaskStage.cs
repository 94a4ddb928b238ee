using DataMesh.Core.Columns;
using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.DataPlane.Stages.Shared;

namespace DataMesh.DataPlane.Stages;

/// <summary>Ways to hide a value.</summary>
public enum MaskMethod
{
    /// <summary>HMAC-SHA256 in hex under the salt: equal values stay equal, so that they can be counted and joined.</summary>
    Hash,
    /// <summary><c>***</c> for every value.</summary>
    Redact,
    /// <summary>Stars for all but some characters at the ends.</summary>
    Partial,
    /// <summary>A text of your own for every value.</summary>
    Fixed,
}

/// <summary>How one column is masked.</summary>
public sealed class MaskRule
{
    /// <summary>The method.</summary>
    [Option("hash, redact, partial or fixed.", Required = true, Shorthand = true)]
    public MaskMethod Method { get; set; }

    /// <summary>The salt of <c>hash</c>.</summary>
    [Option("Secret under which `hash` is computed; best a reference such as `${MASK_SALT}`. The stage's `salt` by default.")]
    public string? Salt { get; set; }

    /// <summary>Characters that <c>partial</c> leaves at the beginning.</summary>
    [Option("Characters that `partial` leaves as they are at the beginning; 0 by default.")]
    public int KeepFirst { get; set; }

    /// <summary>Characters that <c>partial</c> leaves at the end.</summary>
    [Option("Characters that `partial` leaves as they are at the end; 4 by default when keep_first is not given either, else 0.")]
    public int? KeepLast { get; set; }

    /// <summary>The text of <c>fixed</c>.</summary>
    [Option("The text that `fixed` puts in place of every value.")]
    public string? Value { get; set; }

    internal TextTransform CreateTransform(string salt) => Method switch
    {
        MaskMethod.Hash => new HashMask(Salt ?? salt),
        MaskMethod.Partial => new PartialMask(KeepFirst, KeepLast ?? (KeepFirst == 0 ? 4 : 0)),
        _ => new FixedMask(Method == MaskMethod.Fixed ? Value! : "***"),
    };
}

/// <summary>Hides values.</summary>
[Component("mask", ComponentKind.Stage, "Hides the values of columns: by hash, partly, or altogether.",
    Details = "The result is a string column whatever the type was; numbers and dates are masked in their canonical text. A null stays null. "
        + "Without a salt, `hash` keeps values from being read but not from being guessed: whoever has a list of candidates can hash them all.")]
[Example("Four ways", "mask: { name: redact, card: { method: partial, keep_last: 4 }, city: { method: fixed, value: somewhere }, phone: { method: partial, keep_first: 2 } }",
    """{"name": "Ann", "card": "4000123412341234", "city": "Oslo", "phone": "5550100"}""",
    """{"name": "***", "card": "************1234", "city": "somewhere", "phone": "55*****"}""")]
[Example("Equal values stay equal under a hash", "mask: { columns: { user: hash }, salt: pepper }", """
    {"user": "ann"}
    {"user": null}
    """, """
    {"user": "62ac51ded8a2e8b977c55c069a6e4940c70b294e885a396e11132b0d1235a390"}
    {"user": null}
    """)]
public sealed class MaskStage : Stage
{
    /// <summary>Column to method.</summary>
    [Option("The columns and how each is masked: a method, or a mapping with its options. Names may be patterns.", Required = true, Shorthand = true)]
    public OrderedMap<MaskRule> Columns { get; set; } = [];

    /// <summary>The salt of every hash.</summary>
    [Option("Secret under which every `hash` is computed; best a reference such as `${MASK_SALT}`. Empty by default.")]
    public string Salt { get; set; } = "";

    /// <inheritdoc/>
    public override IReadOnlyList<Schema> OutputsInSpite(Schema input) => [input];

    /// <inheritdoc/>
    public override BoundStage Bind(Schema input, ComponentContext context)
    {
        var rules = new MaskRule?[input.Count];
        DataMeshException.CheckEach(Columns, entry =>
        {
            if (entry.Value.Method == MaskMethod.Fixed && entry.Value.Value is null)
                throw new DataMeshException($"The mask of '{entry.Key}' needs a value.", entry.Location, hint: "for example { method: fixed, value: hidden }");
            if (entry.Value.KeepFirst < 0 || entry.Value.KeepLast < 0)
                throw new DataMeshException($"The mask of '{entry.Key}' can not keep a negative number of characters.", entry.Location);
            foreach (var index in ColumnPattern.Find(entry.Key, input, context, entry.Location)) rules[index] = entry.Value;
        });

        return new BoundColumns(input, [.. rules.Select(rule => rule is null ? null : new TextChange(() => rule.CreateTransform(Salt)))]);
    }
}
