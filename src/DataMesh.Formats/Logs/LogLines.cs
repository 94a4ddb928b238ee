using System.Globalization;
using System.Text;
using System.Text.Unicode;
using DataMesh.Core.Columns;

namespace DataMesh.Formats.Logs;

/// <summary>
/// Takes lines apart by a pattern. The fields of matching lines are copied one behind the other, a byte between them, so that the column parsers
/// of delimited text can read them.
/// </summary>
internal sealed class LogLines(LogPattern pattern)
{
    private readonly int[] _groups = [.. pattern.Fields.Select(pattern.Regex.GroupNumberFromName)];
    private readonly bool[] _isHttpDate = [.. pattern.Fields.Select(pattern.HttpDates.Contains)];
    private PooledBuffer _text = PooledBuffer.Rent(64 << 10);
    private int[] _bounds = new int[1024];
    private int _length;

    /// <summary>Lines that matched.</summary>
    public int Count { get; private set; }

    /// <summary>The copied fields; readable beyond their end.</summary>
    public byte[] Text => _text.Array;

    /// <summary>For each line the position before its first field, then the end of each field.</summary>
    public ReadOnlySpan<int> Bounds => _bounds.AsSpan(0, Count * (_groups.Length + 1));

    /// <summary>Begins anew.</summary>
    public void Clear() => (Count, _length) = (0, 0);

    /// <summary>Adds a line; false when it is not UTF-8 or does not match.</summary>
    public bool TryAdd(ReadOnlySpan<byte> line)
    {
        if (!Utf8.IsValid(line)) return false;
        var text = Encoding.UTF8.GetString(line);
        var match = pattern.Regex.Match(text);
        if (!match.Success) return false;
        var at = Count * (_groups.Length + 1);
        if (_bounds.Length < at + _groups.Length + 1) Array.Resize(ref _bounds, _bounds.Length * 2 + _groups.Length);
        Reserve(_length + line.Length + _groups.Length * 32 + 128);
        _length++;
        _bounds[at++] = _length - 1;
        for (var i = 0; i < _groups.Length; i++)
        {
            var group = match.Groups[_groups[i]];
            _length += _isHttpDate[i] && group.Success ? WriteHttpDate(group.ValueSpan) : Encoding.UTF8.GetBytes(group.ValueSpan, _text.Array.AsSpan(_length));
            _bounds[at++] = _length++;
        }

        _length--;
        Count++;
        return true;
    }

    /// <summary>10/Oct/2000:13:55:36 -0700 as 2000-10-10T13:55:36-0700.</summary>
    private int WriteHttpDate(ReadOnlySpan<char> text)
    {
        var month = DateTimeFormatInfo.InvariantInfo.AbbreviatedMonthNames.IndexOf(text[3..6].ToString()) + 1;
        var iso = string.Create(CultureInfo.InvariantCulture, $"{text[7..11]}-{month:00}-{text[..2]}T{text[12..20]}{text[21..]}");
        return Encoding.UTF8.GetBytes(iso, _text.Array.AsSpan(_length));
    }

    private void Reserve(int bytes)
    {
        if (_text.Capacity >= bytes) return;
        _text.SetLength(_length);
        _text.SetLength(bytes);
    }
}
