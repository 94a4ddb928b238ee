using System.Buffers.Binary;
using System.Diagnostics;
using DataMesh.Core.Errors;
using DataMesh.Formats.Tests.Text;
using DataMesh.Tests;

namespace DataMesh.Formats.Tests.Parquet;

/// <summary>Damaged files: an error that says so, or rows; never a crash, a hang or memory without bound. DATAMESH_FUZZ_SECONDS makes the run long.</summary>
public sealed class ParquetFuzzTests : IDisposable
{
    private const long AllocatedMax = 1L << 30;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("datamesh-parquet-fuzz-");

    public void Dispose() => _folder.Delete(true);

    [Fact]
    public async Task Damaged_files_are_refused_or_read()
    {
        Node.Run("parquet-write.mjs", _folder.FullName, "60");
        var originals = _folder.GetFiles("*.parquet").OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => File.ReadAllBytes(file.FullName)).ToList();
        var path = Path.Combine(_folder.FullName, "damaged");
        foreach (var seed in FuzzSeeds.Of(300))
        {
            var random = new Random(seed);
            var bytes = (byte[])originals[random.Next(originals.Count)].Clone();
            Damage(bytes, random);
            await File.WriteAllBytesAsync(path, bytes);
            var (before, watch) = (GC.GetTotalAllocatedBytes(), Stopwatch.StartNew());
            await ReadAsync(path, seed);
            Assert.True(GC.GetTotalAllocatedBytes() - before < AllocatedMax, $"seed {seed} allocates {GC.GetTotalAllocatedBytes() - before} bytes");
            Assert.True(watch.Elapsed < Patience, $"seed {seed} takes {watch.Elapsed}");
        }
    }

    private static async Task ReadAsync(string path, int seed)
    {
        try
        {
            await ParquetReading.ReadAsync(path, needsOrigin: seed % 4 == 0);
        }
        catch (DataMeshException)
        {
            // The damage was found, and told.
        }
        catch (Exception other)
        {
            Assert.Fail($"seed {seed}: {other}");
        }
    }

    /// <summary>A few bytes anywhere, or in the footer, where sizes, offsets and types stand.</summary>
    private static void Damage(byte[] bytes, Random random)
    {
        var footer = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(bytes.Length - 8));
        var inFooter = random.Next(2) == 0;
        var (from, to) = inFooter ? (bytes.Length - 8 - footer, bytes.Length - 8) : (4, bytes.Length - 8 - footer);
        for (var i = random.Next(1, inFooter ? 4 : 30); i > 0 && to > from; i--)
        {
            var at = random.Next(from, to);
            bytes[at] = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(bytes[at] ^ (1 << random.Next(8))),
                _ => (byte)"\0\x01\x7F\x80\xFF\xFE"[random.Next(6)],
            };
        }
    }
}
