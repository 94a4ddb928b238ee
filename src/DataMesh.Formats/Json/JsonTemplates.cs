namespace DataMesh.Formats.Json;

/// <summary>The few record forms that a decoder has met, the one that fitted last tried first. Gives way to the parser where records keep changing.</summary>
internal sealed unsafe class JsonTemplates(JsonShape shape)
{
    private const int Most = 4;
    private const int MissesUntilRest = 16;
    private const int RestRowsMin = 64;
    private const int RestRowsMax = 4096;
    private readonly List<JsonTemplate> _templates = [];
    private int _replace;
    private int _misses;
    private int _rest;
    private int _nextRest = RestRowsMin;

    /// <summary>
    /// Reads a record by one of the templates. Null when none fits. <paramref name="isUsed"/> says whether something was left in the row.
    /// </summary>
    public byte* Read(byte* p, byte* end, int row, JsonValues values, TimeZoneInfo? zone, ref bool isUsed)
    {
        if (_rest > 0)
        {
            _rest--;
            return null;
        }

        for (var i = 0; i < _templates.Count; i++)
        {
            if (isUsed) Reset(row);
            var next = JsonTemplateReader.Read(_templates[i], p, end, row, values, zone);
            if (next != null)
            {
                _misses = 0;
                _nextRest = RestRowsMin;
                if (i != 0) (_templates[0], _templates[i]) = (_templates[i], _templates[0]);
                return next;
            }

            isUsed = true;
        }

        Miss();
        return null;
    }

    /// <summary>Takes the form of a record that the parser has read.</summary>
    public void Learn(byte* start, byte* end)
    {
        if (_rest > 0 || JsonTemplate.Learn(shape, start, end) is not { } learned) return;
        if (_templates.Count < Most) _templates.Add(learned);
        else _templates[1 + _replace++ % (Most - 1)] = learned;
    }

    /// <summary>To be called when a batch begins: columns may have changed between codes and flat text.</summary>
    public void Refresh()
    {
        foreach (var template in _templates) template.Refresh();
    }

    private void Reset(int row)
    {
        foreach (var column in shape.Columns) column.Reset(row);
    }

    private void Miss()
    {
        if (++_misses < MissesUntilRest) return;
        _misses = MissesUntilRest / 2;
        _rest = _nextRest;
        _nextRest = Math.Min(_nextRest * 2, RestRowsMax);
    }
}
