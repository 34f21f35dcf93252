using System.Security.Cryptography;
using System.Text;

namespace ServerlessHub.Orchestrations.Starting;

/// <summary>Run ids that are made of what starts the run: the same again from the same, in any process. They look as those of <see cref="Pipelines.Running.RunId"/>, and sort with them.</summary>
internal static class DerivedRunId
{
    /// <summary>The id of a run.</summary>
    /// <param name="time">The moment it sorts by.</param>
    /// <param name="cause">What tells it from all others.</param>
    public static string Of(DateTimeOffset time, params ReadOnlySpan<string> cause) => $"{time.UtcDateTime:yyyyMMdd-HHmmss}-{Hash(cause)}";

    /// <summary>16 hexadecimal digits of the SHA-256 of texts.</summary>
    public static string Hash(params ReadOnlySpan<string> texts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', texts!))).AsSpan(0, 8));
}
