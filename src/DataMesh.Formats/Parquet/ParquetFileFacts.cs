using DataMesh.Core.Columns;

namespace DataMesh.Formats.Parquet;

/// <summary>What a finished file holds.</summary>
/// <param name="Rows">Rows.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="Columns">One entry per column, in schema order.</param>
public sealed record ParquetFileFacts(long Rows, long Bytes, IReadOnlyList<ColumnFacts> Columns);

/// <summary>Exact or safely rounded facts about one column of a file.</summary>
/// <param name="Field">The column (logical name).</param>
/// <param name="NullCount">Nulls.</param>
/// <param name="Min">
/// Smallest value: bool, long (int64, timestamp µs), int (date), double, Int128 (unscaled decimal), string (json and string, at most 32 characters,
/// rounded down), byte[] (binary); null when there is none or it can not be told (only nulls, a NaN among doubles).
/// </param>
/// <param name="Max">Largest value; strings are rounded up when cut. Null when unknown, also when a cut string can not be rounded up.</param>
public sealed record ColumnFacts(Field Field, long NullCount, object? Min, object? Max);
