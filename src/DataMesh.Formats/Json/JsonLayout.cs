using DataMesh.Core.Errors;

namespace DataMesh.Formats.Json;

/// <summary>Finds how records lie in a JSON file, from its head.</summary>
internal static unsafe class JsonLayout
{
    /// <summary>The path to the records; null for one record a line. <paramref name="fact"/> says how it was found, for people.</summary>
    public static JsonPath? Find(FileHead head, out string fact)
    {
        fixed (byte* text = JsonScan.Padded(head))
        {
            var end = text + head.Bytes.Length;
            var start = JsonScan.SkipSpace(text, end);
            if (start == end) throw new DataMeshException("The file holds no JSON.", new Location(head.Path));
            if (*start == '[')
            {
                fact = "the elements of an array";
                return JsonPath.Elements;
            }

            // A whole value that ends before its line does, with more to come, is the first of many lines.
            var scan = JsonDepthScan.Begin(*start);
            var length = scan.Feed(start, (int)(end - start), head.IsWhole);
            var isOneLine = length >= 0 && !new ReadOnlySpan<byte>(start, length).Contains((byte)'\n');
            var rest = length < 0 ? end : JsonScan.SkipSpace(start + length, end);
            if (length >= 0 && (rest < end || !head.IsWhole))
            {
                fact = isOneLine ? "one record a line" : "records one after the other";
                var isOnNextLine = new ReadOnlySpan<byte>(start + length, (int)(rest - start) - length).Contains((byte)'\n') || rest == end;
                return isOneLine && isOnNextLine ? null : JsonPath.Root;
            }

            return FindList(head, start, end, out fact) ?? (isOneLine ? null : JsonPath.Root);
        }
    }

    /// <summary>The only array of objects in a document; null when there is none.</summary>
    private static JsonPath? FindList(FileHead head, byte* start, byte* end, out string fact)
    {
        var lists = new List<JsonPath>();
        var cursor = new JsonCursor(start, end);
        if (*start == '{') Search(ref cursor, [], lists);
        fact = lists.Count == 0 ? "the document is the record" : $"the only list of objects in the document, {lists[0]}";
        if (lists.Count < 2) return lists.Count == 0 ? null : lists[0];
        throw new DataMeshException(
            "The document holds several lists of objects.",
            new Location(head.Path),
            $"any of these could be the records: {string.Join(", ", lists.Take(10))}",
            $"say which with record_path: \"{lists[0]}\"");
    }

    /// <summary>Looks through objects, not into arrays. False when the text is broken or ends here.</summary>
    private static bool Search(ref JsonCursor cursor, List<string> members, List<JsonPath> lists)
    {
        if (members.Count > 16) return cursor.ReadNested(out _, 1);
        cursor.At++;
        cursor.SkipSpace();
        if (cursor.At < cursor.End && *cursor.At == '}')
        {
            cursor.At++;
            return true;
        }

        while (cursor.At < cursor.End && *cursor.At == '"')
        {
            if (!cursor.ReadString(out var key)) return false;
            cursor.SkipSpace();
            cursor.At++;
            cursor.SkipSpace();
            members.Add(JsonEscapes.ToText(key.Text));
            if (!Value(ref cursor, members, lists)) return false;
            members.RemoveAt(members.Count - 1);
            cursor.SkipSpace();
            if (cursor.At >= cursor.End) return false;
            if (*cursor.At++ != ',') return true;
            cursor.SkipSpace();
        }

        return false;
    }

    private static bool Value(ref JsonCursor cursor, List<string> members, List<JsonPath> lists)
    {
        if (cursor.At >= cursor.End) return false;
        if (*cursor.At == '{') return Search(ref cursor, members, lists);
        if (*cursor.At == '[')
        {
            var first = JsonScan.SkipSpace(cursor.At + 1, cursor.End);
            if (first < cursor.End && *first == '{') lists.Add(JsonPath.ElementsOf(members));
            var scan = JsonDepthScan.Begin((byte)'[');
            var length = scan.Feed(cursor.At, (int)(cursor.End - cursor.At), isLast: true);
            if (length < 0) return false;
            cursor.At += length;
            return true;
        }

        return cursor.ReadValue(out _, 1);
    }
}
