namespace DataMesh.Core.Keys;

/// <summary>
/// A hash that stands for a key. Two different keys share one with probability 2^-128; among n keys some pair does with about n² / 2^129:
/// for a billion keys 10^-21.
/// </summary>
/// <param name="High">One half.</param>
/// <param name="Low">The other half.</param>
public readonly record struct Hash128(ulong High, ulong Low);
