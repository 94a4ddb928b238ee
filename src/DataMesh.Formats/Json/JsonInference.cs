using DataMesh.Core;
using DataMesh.Core.Columns;
using DataMesh.Core.Errors;

namespace DataMesh.Formats.Json;

/// <summary>Infers the columns of records from a sample of them.</summary>
internal sealed unsafe class JsonInference
{
    /// <summary>An object below the top with more members than this uses its keys as data: it becomes one json column.</summary>
    private const int NestedMembersMax = 1000;

    private readonly Member _root = new("");

    /// <summary>Records read.</summary>
    public int Records { get; private set; }

    /// <summary>Takes a record in. False when it is no JSON object; <paramref name="problem"/> says why.</summary>
    public bool Add(byte* start, byte* end, out string? problem)
    {
        var cursor = new JsonCursor(start, end);
        cursor.SkipSpace();
        // Checked first and taken in afterwards, so that a broken record leaves no trace.
        var isObject = cursor.At < end && *cursor.At == '{';
        problem = isObject ? null : "a record must be an object in braces";
        if (!isObject) return false;
        var from = cursor.At;
        if (!cursor.ReadNested(out _, 1))
        {
            problem = cursor.Problem;
            return false;
        }

        cursor.SkipSpace();
        problem = cursor.At < end ? "text follows the end of the record" : null;
        if (problem is not null) return false;
        cursor.At = from;
        Object(ref cursor, _root, 1);
        Records++;
        return true;
    }

    /// <summary>The columns, in the order in which members were first seen.</summary>
    public Schema ToSchema(IReadOnlyDictionary<string, DataType> declared, string file)
    {
        var fields = new List<Field>();
        var paths = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in _root.Members) Flatten(member, "", declared, fields);
        foreach (var (name, type) in declared)
            if (!fields.Exists(each => each.Name.Equals(name, StringComparison.OrdinalIgnoreCase))) fields.Add(new Field(name, type));
        foreach (var field in fields)
        {
            if (paths.TryAdd(field.Name, field.Name)) continue;
            throw new DataMeshException(
                $"Two members would both become column '{field.Name}'.",
                new Location(file),
                "members of nested objects become columns named by their path (a.b), and names are compared ignoring case",
                "rename one of them where the file is made, or declare the nested object in types: as json");
        }

        return new Schema(fields);
    }

    private static void Flatten(Member member, string prefix, IReadOnlyDictionary<string, DataType> declared, List<Field> fields)
    {
        var path = prefix + member.Name;
        if (declared.TryGetValue(path, out var type))
        {
            fields.Add(new Field(path, type));
            return;
        }

        var isNested = member.HasObjects && !member.HasArrays && member.Scalars.Kind == TypeKind.Null;
        if (isNested && member.Members.Count is > 0 and <= NestedMembersMax)
        {
            foreach (var inner in member.Members) Flatten(inner, path + ".", declared, fields);
            return;
        }

        fields.Add(new Field(path, member.HasObjects || member.HasArrays ? DataType.Json : member.ScalarType));
    }

    private static void Object(ref JsonCursor cursor, Member into, int depth)
    {
        cursor.At++;
        cursor.SkipSpace();
        if (*cursor.At == '}')
        {
            cursor.At++;
            return;
        }

        while (true)
        {
            cursor.ReadString(out var key);
            var member = into.Find(JsonEscapes.ToText(key.Text));
            cursor.SkipSpace();
            cursor.At++;
            cursor.SkipSpace();
            Value(ref cursor, member, depth);
            cursor.SkipSpace();
            if (*cursor.At++ == '}') return;
            cursor.SkipSpace();
        }
    }

    private static void Value(ref JsonCursor cursor, Member member, int depth)
    {
        if (*cursor.At == '{' && depth < Limits.NestingDepthMax)
        {
            member.HasObjects = true;
            Object(ref cursor, member, depth + 1);
            return;
        }

        cursor.ReadValue(out var token, depth + 1);
        if (token.Kind is JsonTokenKind.Array or JsonTokenKind.Object) member.HasArrays = true;
        else member.Join(token);
    }

    private sealed class Member(string name)
    {
        private Dictionary<string, Member>? _byName;
        private bool _hasInexactIntegers;

        public string Name { get; } = name;

        public List<Member> Members { get; } = [];

        public bool HasObjects { get; set; }

        public bool HasArrays { get; set; }

        public DataType Scalars { get; private set; } = DataType.Null;

        /// <summary>Integers among fractions stay numbers only while a double holds each of them exactly.</summary>
        public DataType ScalarType => Scalars.Kind == TypeKind.Float64 && _hasInexactIntegers ? DataType.String : Scalars;

        public Member Find(string name)
        {
            _byName ??= new Dictionary<string, Member>(StringComparer.Ordinal);
            if (_byName.TryGetValue(name, out var member)) return member;
            // Past the limit the members no longer matter: one stands for all.
            if (Members.Count > Limits.ColumnsMax) return Members[^1];
            member = new Member(name);
            _byName.Add(name, member);
            Members.Add(member);
            return member;
        }

        public void Join(in JsonToken token)
        {
            if (token.Kind == JsonTokenKind.Integer && !JsonTypes.IsExactDouble(token)) _hasInexactIntegers = true;
            Scalars = TypeLattice.Join(Scalars, JsonTypes.Of(token));
        }
    }
}
