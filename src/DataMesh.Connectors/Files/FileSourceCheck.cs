using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Formats;

namespace DataMesh.Connectors.Files;

/// <summary>Finds what is wrong with the options of a file source without looking at any file.</summary>
internal static class FileSourceCheck
{
    /// <summary>The mistakes, each at the place of its option.</summary>
    public static IEnumerable<DataMeshException> Run(FileSource source)
    {
        (string Option, Action Check)[] checks =
        [
            (nameof(FileSource.Encoding), () => FileFormatOptions.Encoding(source)),
            (nameof(FileSource.Delimiter), () => FileFormatOptions.Character(source.Delimiter, "delimiter")),
            (nameof(FileSource.Quote), () => FileFormatOptions.Quote(source)),
            (nameof(FileSource.Timezone), () => FormatOptionChecks.TimeZone(source.Timezone)),
            (nameof(FileSource.Pattern), () => FormatOptionChecks.Pattern(source.Pattern)),
            (nameof(FileSource.RecordPath), () => FormatOptionChecks.RecordPath(source.RecordPath)),
            (nameof(FileSource.SkipLines), () => RequireLines(source.SkipLines)),
        ];
        return checks.Select(each => Catch(each.Check, OptionPlaces.Of(source, each.Option))).OfType<DataMeshException>();
    }

    private static DataMeshException? Catch(Action check, Location? place)
    {
        try
        {
            check();
            return null;
        }
        catch (DataMeshException error)
        {
            return new DataMeshException(error.Message, place, error.Detail, error.Hint, error);
        }
    }

    private static void RequireLines(int lines)
    {
        if (lines < 0) throw new DataMeshException($"'skip_lines' can not be {lines}.", hint: "write how many lines stand above the header: 0 or more");
    }
}
