using System.Numerics;

namespace DataMesh.Formats.Json;

/// <summary>The few record forms that a decoder has met, the one that fitted most tried first. Gives way to the parser where records keep changing.</summary>
internal sealed unsafe class JsonTemplates(JsonShape shape)
{
    private const int Most = 4;
    // A record that fits gains what a record saves that need not be parsed; one that does not has cost the attempts.
    private const int MissCost = 2;
    private const int BalanceMax = 256;
    private const int RestRecordsMin = 64;
    private const int RestRecordsMax = 4096;
    private readonly List<JsonTemplate> _templates = [];
    private int _replace;
    private int _balance = BalanceMax / 8;
    private int _rest;
    private int _nextRest = RestRecordsMin;

    /// <summary>Whether the next record should go to the parser at once; to be asked for each.</summary>
    public bool Rests()
    {
        if (_templates.Count == 0) return true;
        if (_rest == 0) return false;
        _rest--;
        return true;
    }

    /// <summary>Reads the records of a chunk by the templates. Those that none fits are in <see cref="JsonChunk.Failed"/>.</summary>
    public void Read(JsonChunk chunk, JsonValues values, TimeZoneInfo? zone)
    {
        var most = 0;
        for (var i = 0; i < _templates.Count && chunk.Failed != 0; i++)
        {
            var before = BitOperations.PopCount(chunk.Failed);
            if (i > 0) shape.ForgetNulls(chunk.FirstRow, chunk.Failed);
            chunk.Retry();
            JsonTemplateReader.Read(_templates[i], chunk, values, zone);
            var read = before - BitOperations.PopCount(chunk.Failed);
            if (i == 0 || read <= most)
            {
                most = Math.Max(most, read);
                continue;
            }

            (_templates[0], _templates[i]) = (_templates[i], _templates[0]);
            most = read;
        }
    }

    /// <summary>Records have been read by templates.</summary>
    public void Hit(int records)
    {
        _balance = Math.Min(_balance + records, BalanceMax);
        if (_balance == BalanceMax) _nextRest = RestRecordsMin;
    }

    /// <summary>Takes the form of a record that the parser has read. False when it is known or not regular enough.</summary>
    public bool Learn(byte* start, byte* end)
    {
        if (_rest > 0) return false;
        Miss();
        if (JsonTemplate.Learn(shape, start, end) is not { } learned || _templates.Exists(each => each.IsSameAs(learned))) return false;
        if (_templates.Count < Most) _templates.Add(learned);
        else _templates[1 + _replace++ % (Most - 1)] = learned;
        return true;
    }

    /// <summary>To be called when a batch begins: columns may have changed between codes and flat text.</summary>
    public void Refresh()
    {
        foreach (var template in _templates) template.Refresh();
    }

    private void Miss()
    {
        _balance -= MissCost;
        if (_balance >= 0) return;
        _balance = BalanceMax / 8;
        _rest = _nextRest;
        _nextRest = Math.Min(_nextRest * 2, RestRecordsMax);
    }
}
