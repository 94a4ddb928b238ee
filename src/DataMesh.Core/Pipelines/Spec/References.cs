using System.Text;
using DataMesh.Core.Errors;

namespace DataMesh.Core.Pipelines.Spec;

/// <summary>
/// Replaces references in the values of a pipeline file: <c>${NAME}</c> and <c>${NAME:-default}</c> from the environment, and
/// <c>${secret:file/PATH}</c> from a file (relative to the pipeline file; <c>file//run/secrets/x</c> for an absolute path). <c>$${</c> stands for <c>${</c>.
/// </summary>
/// <param name="environment">Looks an environment variable up; null when it is not set.</param>
/// <param name="baseFolder">Where relative secret files are.</param>
/// <param name="problems">Where missing references are reported.</param>
public sealed class References(Func<string, string?> environment, string baseFolder, PipelineProblems problems)
{
    /// <summary>The tree with every reference replaced.</summary>
    public SpecNode Replace(SpecNode node) => node switch
    {
        SpecScalar scalar when scalar.Text.Contains("${", StringComparison.Ordinal) =>
            new SpecScalar(Replace(scalar.Text, scalar.TextLocation), scalar.IsQuoted, scalar.Location, scalar.TextLocation),
        SpecList list => new SpecList([.. list.Items.Select(Replace)], list.Location),
        SpecMap map => new SpecMap([.. map.Entries.Select(entry => entry with { Value = Replace(entry.Value) })], map.Location),
        _ => node,
    };

    private string Replace(string text, Location at)
    {
        var result = new StringBuilder();
        var done = 0;
        for (var found = text.IndexOf("${", StringComparison.Ordinal); found >= 0; found = text.IndexOf("${", done, StringComparison.Ordinal))
        {
            if (found > done && text[found - 1] == '$')
            {
                result.Append(text, done, found - done - 1).Append("${");
                done = found + 2;
                continue;
            }

            result.Append(text, done, found - done);
            var end = text.IndexOf('}', found);
            if (end < 0)
            {
                problems.Error("A reference '${' is not closed.", at with { Column = at.Column + found }, hint: "write '}' after the name, or '$${' for the characters themselves");
                return text;
            }

            result.Append(Resolve(text[(found + 2)..end], at with { Column = at.Column + found }));
            done = end + 1;
        }

        return result.Append(text, done, text.Length - done).ToString();
    }

    private string Resolve(string reference, Location at)
    {
        if (reference.StartsWith("secret:", StringComparison.Ordinal)) return ReadSecret(reference["secret:".Length..], at);
        var split = reference.IndexOf(":-", StringComparison.Ordinal);
        var name = split < 0 ? reference : reference[..split];
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            problems.Error($"'{name}' is not the name of an environment variable.", at, hint: "write ${NAME}, ${NAME:-default} or ${secret:file/PATH}; '$${' stands for the characters themselves");
            return "";
        }

        var value = environment(name);
        if (!string.IsNullOrEmpty(value)) return value;
        if (split >= 0) return reference[(split + 2)..];
        if (value is not null) return value;
        problems.Error($"The environment variable {name} is not set.", at, hint: $"set it, or write a default: ${{{name}:-value}}");
        return "";
    }

    private string ReadSecret(string reference, Location at)
    {
        if (!reference.StartsWith("file/", StringComparison.Ordinal))
        {
            problems.Error($"There is no secret store named in '{reference}'.", at, hint: "secrets come from files: ${secret:file/PATH}");
            return "";
        }

        var path = Path.GetFullPath(reference["file/".Length..], baseFolder);
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > Limits.SecretBytesMax })
                problems.Error($"The secret file {path} is larger than {Limits.SecretBytesMax} bytes.", at);
            else
                return File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            problems.Error($"The secret file {path} can not be read.", at, error.Message);
        }

        return "";
    }
}
