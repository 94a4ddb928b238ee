namespace DataMesh.DataPlane.Stages.Keys;

/// <summary>
/// A hash that stands for a key. Two different keys share one with probability 2^-128; among n keys some pair does with about n² / 2^129:
/// for a billion keys 10^-21.
/// </summary>
internal readonly record struct Hash128(ulong High, ulong Low);
