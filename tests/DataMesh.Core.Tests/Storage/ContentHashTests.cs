using System.Security.Cryptography;
using DataMesh.Core.Storage;

namespace DataMesh.Core.Tests.Storage;

public class ContentHashTests
{
    [Fact]
    public void Is_sha_256_for_every_length_around_the_blocks()
    {
        var bytes = new byte[4096];
        new Random(256).NextBytes(bytes);
        foreach (var length in Enumerable.Range(0, 300).Append(4095).Append(4096))
            Assert.Equal(SHA256.HashData(bytes.AsSpan(0, length)), ContentHash.Of(bytes.AsSpan(0, length)));
    }
}
