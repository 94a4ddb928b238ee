using DataMesh.Core.Columns;

namespace DataMesh.Formats.Json;

/// <summary>What is needed to read a JSON file.</summary>
/// <param name="Path">Path to the records of a document; null for one record a line.</param>
/// <param name="Declared">Types that the user declared, by column.</param>
/// <param name="Zone">Zone of times without one; null is UTC.</param>
internal sealed record JsonDialect(JsonPath? Path, IReadOnlyDictionary<string, DataType> Declared, TimeZoneInfo? Zone);
