using static DataMesh.Core.Expressions.FunctionCategory;

namespace DataMesh.Core.Expressions.Functions;

/// <summary>Hashes; their results never change from version to version.</summary>
internal static class HashFunctions
{
    public static FunctionDescription[] All { get; } =
    [
        new("md5", Hashes, "The MD5 digest in lower-case hexadecimal.", ["md5(text string) -> string"], ["md5('') => 'd41d8cd98f00b204e9800998ecf8427e'"]),
        new("sha1", Hashes, "The SHA-1 digest in lower-case hexadecimal.", ["sha1(text string) -> string"], ["sha1('abc') => 'a9993e364706816aba3e25717850c26c9cd0d89d'"]),
        new("sha256", Hashes, "The SHA-256 digest in lower-case hexadecimal.", ["sha256(text string) -> string"], ["sha256('abc') => 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'"]),
        new("hash", Hashes, "A 64-bit hash of one or several values of any type, for sampling and bucketing; nulls take part. Not for secrets.", ["hash(value any...) -> int64"], ["hash('a', 1) = hash('a', 1) => true", "hash(null) is null => false"]),
    ];
}
