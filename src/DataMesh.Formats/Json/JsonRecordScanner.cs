using System.Runtime.InteropServices;

namespace DataMesh.Formats.Json;

/// <summary>
/// Walks through a document along a path and finds where its records begin and end. Text comes as a window that moves on:
/// <see cref="Scan"/> continues where it stopped, <see cref="Shift"/> says that bytes were dropped from the window's front.
/// </summary>
internal sealed unsafe class JsonRecordScanner(JsonPath path)
{
    private readonly List<bool> _openObjects = [];
    private readonly List<(int Start, int End)> _records = [];
    private State _state = State.Value;
    private JsonDepthScan _value;

    private enum State
    {
        Value,
        Record,
        SkippedValue,
        Skip,
        FirstElement,
        FirstKey,
        Key,
        After,
    }

    /// <summary>Whole records found in the window that were not cleared.</summary>
    public ReadOnlySpan<(int Start, int End)> Records => CollectionsMarshal.AsSpan(_records);

    /// <summary>Up to where the window was scanned.</summary>
    public int At { get; private set; }

    /// <summary>Start of a record whose end was not found yet, or -1.</summary>
    public int OpenStart { get; private set; } = -1;

    /// <summary>Whether the array that the path leads to was met, be it empty.</summary>
    public bool HasMetArray { get; private set; }

    /// <summary>What breaks the document at <see cref="At"/>, so that no record can be found behind it; null while it is well.</summary>
    public string? Fault { get; private set; }

    /// <summary>Whether the document may end here.</summary>
    public bool IsComplete => _openObjects.Count == 0 && (_state == State.After || (_state == State.Value && path.Steps.Count == 0));

    /// <summary>Scans the window. <paramref name="isLast"/>: no more text follows.</summary>
    public void Scan(byte* text, int length, bool isLast)
    {
        while (Fault is null && Step(text, length, isLast))
        {
        }
    }

    /// <summary>The window's first bytes were dropped, with the records in them.</summary>
    public void Shift(int bytes)
    {
        _records.RemoveAll(each => each.End <= bytes);
        for (var i = 0; i < _records.Count; i++) _records[i] = (_records[i].Start - bytes, _records[i].End - bytes);
        At -= bytes;
        if (OpenStart >= 0) OpenStart -= bytes;
    }

    /// <summary>The open record is given up: <see cref="SkipOn"/> looks for its end.</summary>
    public void SkipOpenRecord()
    {
        OpenStart = -1;
        _state = State.Skip;
    }

    /// <summary>Goes on to the end of a value that is passed over; false when it is not in the window.</summary>
    public bool SkipOn(byte* text, int length, bool isLast) => Finish(text, length, isLast);

    /// <summary>One step; false when more text is needed.</summary>
    private bool Step(byte* text, int length, bool isLast)
    {
        if (_state is State.Record or State.Skip) return Finish(text, length, isLast);
        At = (int)(JsonScan.SkipSpace(text + At, text + length) - text);
        if (At == length) return false;
        var c = text[At];
        switch (_state)
        {
            case State.Value: return Value(c);
            case State.SkippedValue: return c is (byte)',' or (byte)'}' ? Break("a value is missing") : Enter(c, State.Skip);
            case State.FirstElement: return c == ']' ? Close() : Go(State.Value);
            case State.FirstKey: return c == '}' ? Close() : Go(State.Key);
            case State.Key: return Key(text, length, isLast);
            default: return After(c);
        }
    }

    private bool Value(byte c)
    {
        if (c is (byte)',' or (byte)']' or (byte)'}' or (byte)':') return Break("a value is missing");
        var level = _openObjects.Count;
        if (level == path.Steps.Count)
        {
            OpenStart = At;
            return Enter(c, State.Record);
        }

        var step = path.Steps[level];
        if (c == '{' && step is not null) return Open(true, State.FirstKey);
        if (c != '[' || step is not null) return Enter(c, State.Skip);
        HasMetArray |= level + 1 == path.Steps.Count;
        return Open(false, State.FirstElement);
    }

    private bool Finish(byte* text, int length, bool isLast)
    {
        var end = _value.Feed(text + At, length - At, isLast);
        if (end < 0)
        {
            At = length;
            return false;
        }

        At += end;
        if (_state == State.Record) _records.Add((OpenStart, At));
        OpenStart = -1;
        return Go(State.After);
    }

    private bool Key(byte* text, int length, bool isLast)
    {
        if (text[At] != '"') return Break("a member name in quotes is expected here");
        var cursor = new JsonCursor(text + At, text + length);
        if (!cursor.ReadString(out var key)) return cursor.At > text + At || isLast ? Break(cursor.Problem!) : false;
        cursor.SkipSpace();
        if (cursor.At == text + length) return false;
        if (*cursor.At != ':') return Break("a colon is expected behind a member name");
        At = (int)(cursor.At + 1 - text);
        var isOnPath = JsonEscapes.ToText(key.Text) == path.Steps[_openObjects.Count - 1];
        return Go(isOnPath ? State.Value : State.SkippedValue);
    }

    private bool After(byte c)
    {
        if (_openObjects.Count == 0) return path.Steps.Count == 0 ? Go(State.Value) : Break("text follows the end of the document");
        var isObject = _openObjects[^1];
        if (c == (isObject ? '}' : ']')) return Close();
        if (c != ',') return Break(isObject ? "a comma or closing brace is expected here" : "a comma or closing bracket is expected here");
        At++;
        return Go(isObject ? State.Key : State.Value);
    }

    private bool Enter(byte first, State state)
    {
        _value = JsonDepthScan.Begin(first);
        return Go(state);
    }

    private bool Open(bool isObject, State state)
    {
        At++;
        _openObjects.Add(isObject);
        return Go(state);
    }

    private bool Close()
    {
        At++;
        _openObjects.RemoveAt(_openObjects.Count - 1);
        return Go(State.After);
    }

    private bool Go(State state)
    {
        _state = state;
        return true;
    }

    private bool Break(string problem)
    {
        Fault = problem;
        return false;
    }
}
