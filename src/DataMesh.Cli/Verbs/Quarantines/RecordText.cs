using System.Text;
using System.Text.Unicode;
using DataMesh.Runtime.Quarantine;

namespace DataMesh.Cli.Verbs.Quarantines;

/// <summary>Shows the bytes of a record: as text where they are text, with what can not be printed as <c>\xNN</c>.</summary>
internal static class RecordText
{
    private const int ShownMax = 2000;

    /// <summary>The original as one text.</summary>
    public static string Of(QuarantinedRecord record)
    {
        var text = Utf8.IsValid(record.Record) ? Encoding.UTF8.GetString(record.Record) : Escaped(record.Record);
        var shown = new StringBuilder();
        foreach (var c in text.Length > ShownMax ? text.AsSpan(0, ShownMax) : text)
        {
            if (c is '\n' or '\t' || !char.IsControl(c)) shown.Append(c);
            else if (c != '\r') shown.Append($"\\x{(int)c:x2}");
        }

        if (text.Length > ShownMax || !record.IsWhole) shown.Append(" …");
        return shown.ToString();
    }

    private static string Escaped(byte[] bytes)
    {
        var text = new StringBuilder();
        for (var at = 0; at < bytes.Length;)
        {
            var status = Rune.DecodeFromUtf8(bytes.AsSpan(at), out var rune, out var taken);
            if (status == System.Buffers.OperationStatus.Done) text.Append(rune.ToString());
            else
                for (var i = 0; i < taken; i++) text.Append($"\\x{bytes[at + i]:x2}");
            at += taken;
        }

        return text.ToString();
    }
}
