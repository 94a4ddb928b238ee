using System.Globalization;
using System.Text.Json;
using DataMesh.Core.Columns;
using DataMesh.DataPlane.Stages.Windows;

namespace DataMesh.DataPlane.Tests.Stages;

/// <summary>Windows computed one row after the other with nothing but lists: count and sum(v) per window and key k.</summary>
internal static class WindowReference
{
    private sealed class Window
    {
        public required string Key { get; init; }

        public DateTime Start { get; set; }

        public DateTime End { get; set; }

        public int Count { get; set; }

        public long? Sum { get; set; }
    }

    public static (IReadOnlyList<string> Rows, int Late) Compute(RecordBatch input, WindowOptions options)
    {
        var open = new List<Window>();
        var done = new List<Window>();
        var watermark = DateTime.MinValue;
        var late = 0;
        foreach (var text in JsonRows.Write(input))
        {
            var row = JsonSerializer.Deserialize<JsonElement>(text);
            var at = row.GetProperty("at").GetDateTime().ToUniversalTime();
            done.AddRange(open.Where(window => window.End <= watermark));
            open.RemoveAll(window => window.End <= watermark);
            var windows = options.Session is { } session ? Session(open, row.GetProperty("k").GetString()!, at, session.Gap, watermark) : Aligned(open, row.GetProperty("k").GetString()!, at, options, watermark);
            if (windows.Count == 0) late++;
            foreach (var window in windows)
            {
                window.Count++;
                if (row.GetProperty("v").ValueKind == JsonValueKind.Number) window.Sum = (window.Sum ?? 0) + row.GetProperty("v").GetInt64();
            }

            if (at - options.Lateness > watermark) watermark = at - options.Lateness;
        }

        return ([.. done.Concat(open).Select(Write)], late);
    }

    private static List<Window> Aligned(List<Window> open, string key, DateTime at, WindowOptions options, DateTime watermark)
    {
        var size = options.Tumbling ?? options.Sliding!.Size;
        var every = options.Tumbling ?? options.Sliding!.Every;
        var windows = new List<Window>();
        for (var start = new DateTime(at.Ticks - (at - DateTime.UnixEpoch).Ticks % every.Ticks, DateTimeKind.Utc); start + size > at; start -= every)
        {
            if (start + size <= watermark) continue;
            var window = open.Find(each => each.Key == key && each.Start == start);
            if (window is null) open.Add(window = new Window { Key = key, Start = start, End = start + size });
            windows.Add(window);
        }

        return windows;
    }

    private static List<Window> Session(List<Window> open, string key, DateTime at, TimeSpan gap, DateTime watermark)
    {
        var near = open.FindAll(each => each.Key == key && at < each.End && at + gap > each.Start);
        if (near.Count == 0 && at + gap <= watermark) return [];
        var window = new Window { Key = key, Start = at, End = at + gap };
        foreach (var each in near)
        {
            window.Start = each.Start < window.Start ? each.Start : window.Start;
            window.End = each.End > window.End ? each.End : window.End;
            window.Count += each.Count;
            if (each.Sum is { } sum) window.Sum = (window.Sum ?? 0) + sum;
            open.Remove(each);
        }

        open.Add(window);
        return [window];
    }

    private static string Write(Window window) => string.Create(CultureInfo.InvariantCulture,
        $$"""{"window_start":"{{window.Start:yyyy-MM-dd'T'HH:mm:ss'Z'}}","window_end":"{{window.End:yyyy-MM-dd'T'HH:mm:ss'Z'}}","k":"{{window.Key}}","n":{{window.Count}},"total":{{window.Sum?.ToString(CultureInfo.InvariantCulture) ?? "null"}}}""");
}
