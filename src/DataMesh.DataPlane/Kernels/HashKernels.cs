using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using DataMesh.Core.Columns;

namespace DataMesh.DataPlane.Kernels;

/// <summary>Hashes. All of them are stable for ever: what was hashed today compares equal tomorrow.</summary>
internal static class HashKernels
{
    public static IEnumerable<(string Key, KernelEntry Kernel)> All { get; } =
    [
        ("md5(string)", RowKernels.Text<Md5>()),
        ("sha1(string)", RowKernels.Text<Sha1>()),
        ("sha256(string)", RowKernels.Text<Sha256>()),
        ("hash(any...)", new(Hash, IsStrict: false)),
    ];

    private static void WriteHex(ReadOnlySpan<byte> digest, VarWriter output)
    {
        Convert.TryToHexStringLower(digest, output.Reserve(digest.Length * 2), out var written);
        output.Advance(written);
    }

    private readonly struct Md5 : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            Span<byte> digest = stackalloc byte[16];
            MD5.HashData(row.Text(0), digest);
            WriteHex(digest, output);
            return Outcome.Value;
        }
    }

    private readonly struct Sha1 : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            Span<byte> digest = stackalloc byte[20];
            SHA1.HashData(row.Text(0), digest);
            WriteHex(digest, output);
            return Outcome.Value;
        }
    }

    private readonly struct Sha256 : ITextFunction
    {
        public static Outcome Apply(in Row row, VarWriter output)
        {
            Span<byte> digest = stackalloc byte[32];
            SHA256.HashData(row.Text(0), digest);
            WriteHex(digest, output);
            return Outcome.Value;
        }
    }

    /// <summary>A 64-bit hash of all arguments, nulls included.</summary>
    private static Operand Hash(in KernelCall call)
    {
        var buffer = PooledBuffer.RentCleared(call.Length * 8);
        var hashes = buffer.As<ulong>();
        foreach (var operand in call.Arguments)
        {
            var reader = new ByteReader(operand);
            for (var row = 0; row < hashes.Length; row++)
                hashes[row] = Mix(hashes[row] ^ 0x9E3779B97F4A7C15, operand.IsNull(row) ? 0 : Value(operand, reader, row));
        }

        return new FixedColumn<long>(call.Type, buffer, call.Length);
    }

    private static ulong Value(in Operand operand, ByteReader reader, int row) => operand.Column switch
    {
        FixedColumn<long> longs => (ulong)longs[row],
        FixedColumn<double> doubles => BitConverter.DoubleToUInt64Bits(doubles[row] == 0 ? 0 : doubles[row]),
        FixedColumn<int> dates => (ulong)dates[row],
        FixedColumn<Int128> decimals => Mix((ulong)decimals[row], (ulong)(decimals[row] >> 64)),
        BoolColumn flags => flags[row] ? 2UL : 1UL,
        null when !operand.Type.IsVariable => operand.Type.Kind == TypeKind.Float64 ? BitConverter.DoubleToUInt64Bits(operand.Constant!.Double)
            : operand.Type.Kind == TypeKind.Decimal ? Mix((ulong)operand.Constant!.Decimal, (ulong)(operand.Constant!.Decimal >> 64))
            : operand.Type.Kind == TypeKind.Bool ? (ulong)operand.Constant!.Long + 1 : (ulong)operand.Constant!.Long,
        _ => Bytes(reader[row]),
    };

    private static ulong Bytes(ReadOnlySpan<byte> bytes)
    {
        var hash = 0xE7037ED1A0B428DB ^ (ulong)bytes.Length;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes)) hash = Mix(hash, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        var tail = bytes[(bytes.Length & ~7)..];
        var last = 0UL;
        for (var i = 0; i < tail.Length; i++) last |= (ulong)tail[i] << (8 * i);
        return Mix(hash, last);
    }

    /// <summary>Multiply and fold.</summary>
    private static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a ^ 0xA0761D6478BD642F, b ^ 0xE7037ED1A0B428DB, out var low);
        return high ^ low;
    }
}
