using System.Security.Cryptography;
using System.Text;

namespace DataMesh.Hosting.Redis;

/// <summary>
/// A Lua script: what it reads and writes happens at once for everybody else. KEYS[1] is the cluster's prefix, whose braces keep all keys of a cluster
/// in one slot.
/// </summary>
internal sealed class RedisScript(string text)
{
    public string Text => text;

    public string Hash { get; } = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
}
