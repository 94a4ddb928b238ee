using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DataMesh.Formats.Delta;

/// <summary>One entry of the log before it is written: an ordered list of actions, one JSON object a line.</summary>
public sealed class LogEntry
{
    private readonly List<JsonObject> _actions = [];

    /// <summary>How the log's JSON is written: one line, letters of all alphabets as they are.</summary>
    internal static JsonSerializerOptions JsonOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The actions.</summary>
    public IReadOnlyList<JsonObject> Actions => _actions;

    /// <summary>Adds who did what, for people. It must hold an id of its own, so that no two entries are equal.</summary>
    public void Add(JsonObject commitInfo) => _actions.Add(new JsonObject { ["commitInfo"] = commitInfo });

    public void Add(TableProtocol protocol) => _actions.Add(new JsonObject { ["protocol"] = ActionJson.Write(protocol) });

    public void Add(TableMetadata metadata) => _actions.Add(new JsonObject { ["metaData"] = ActionJson.Write(metadata) });

    public void Add(TransactionMark mark) => _actions.Add(new JsonObject { ["txn"] = ActionJson.Write(mark) });

    public void Add(DomainMetadata domain) => _actions.Add(new JsonObject { ["domainMetadata"] = ActionJson.Write(domain) });

    public void Add(AddFile file) => _actions.Add(new JsonObject { ["add"] = ActionJson.Write(file) });

    public void Add(RemoveFile file) => _actions.Add(new JsonObject { ["remove"] = ActionJson.Write(file) });

    /// <summary>The bytes of the entry.</summary>
    public byte[] Serialise()
    {
        var text = new StringBuilder();
        foreach (var action in _actions) text.Append(CultureInfo.InvariantCulture, $"{action.ToJsonString(JsonOptions)}\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
