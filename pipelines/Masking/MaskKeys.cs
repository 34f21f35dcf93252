using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ServerlessHub.Pipelines.Masking;

/// <summary>A masking secret: one or several versions of a key, the first for writing, all of them for reading. Each strategy works with a
/// key of its own, derived by HKDF-SHA256 under the strategy's label, so no strategy's output says anything about another's.</summary>
public sealed class MaskKeys
{
    /// <summary>The least size of a secret, in bytes.</summary>
    public const int MinimumLength = 32;

    private readonly List<(int Version, byte[] Secret)> keys;
    private readonly ConcurrentDictionary<int, SmallDomains> smallDomains = new();

    private MaskKeys(List<(int Version, byte[] Secret)> keys) => this.keys = keys;

    /// <summary>The version that writes.</summary>
    public int CurrentVersion => keys[0].Version;

    /// <summary>The versions there are, the current one first.</summary>
    public IReadOnlyList<int> Versions => keys.ConvertAll(key => key.Version);

    /// <summary>Reads a secret's text: <c>v2:base64,v1:base64</c>, the first version being the current one, or a single key, which is version 1:
    /// base64 of at least 32 bytes, or any other text of at least 32 bytes. White space around it is ignored.</summary>
    /// <exception cref="MaskException">The text is neither, a version comes twice, or a key is too short.</exception>
    public static MaskKeys Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.Trim();
        if (!StartsWithVersion(text))
            return new MaskKeys([(1, Single(text))]);
        var keys = new List<(int Version, byte[] Secret)>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var key = Versioned(part, keys.Count + 1);
            if (keys.Exists(other => other.Version == key.Version))
                throw new MaskException(
                    $"The masking key has version {key.Version} twice; each version stands once, the current one first."
                );
            keys.Add(key);
        }
        return new MaskKeys(keys);
    }

    /// <summary>Says which versions there are, and nothing of the keys.</summary>
    public override string ToString() => "masking key, versions " + string.Join(", ", Versions);

    /// <summary>The key of a purpose, in bytes.</summary>
    /// <exception cref="MaskException">There is no such version.</exception>
    internal byte[] Derive(string purpose, int version, int length) =>
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            Secret(version),
            length,
            salt: "ServerlessHub"u8.ToArray(),
            info: Encoding.UTF8.GetBytes("mask/" + purpose)
        );

    /// <summary>The small domains' permutations of a version, made once for all masks of these keys.</summary>
    internal SmallDomains SmallDomains(int version) =>
        smallDomains.GetOrAdd(version, number => new SmallDomains(Derive("tokenize-small-domain", number, 32)));

    private byte[] Secret(int version)
    {
        foreach (var key in keys)
        {
            if (key.Version == version)
                return key.Secret;
        }
        throw new MaskException(
            $"Key version {version} is needed, but the masking key only has {string.Join(", ", Versions)}. Add the old key to the secret: v{CurrentVersion}:…,v{version}:…"
        );
    }

    private static bool StartsWithVersion(string text)
    {
        var colon = text.IndexOf(':');
        return colon > 1 && text[0] == 'v' && text.AsSpan(1, colon - 1).IndexOfAnyExceptInRange('0', '9') < 0;
    }

    private static (int Version, byte[] Secret) Versioned(string part, int place)
    {
        var colon = part.IndexOf(':');
        if (!StartsWithVersion(part) || !int.TryParse(part.AsSpan(1, colon - 1), NumberStyles.None, null, out var version) || version == 0)
            throw new MaskException($"Part {place} of the masking key is not of the form v1:base64.");
        var secret = Base64(part[(colon + 1)..]) ?? throw new MaskException($"Version {version} of the masking key is not base64.");
        return (version, LongEnough(secret));
    }

    private static byte[] Single(string text) =>
        Base64(text) is { Length: >= MinimumLength } bytes ? bytes : LongEnough(Encoding.UTF8.GetBytes(text));

    private static byte[] LongEnough(byte[] secret) =>
        secret.Length >= MinimumLength
            ? secret
            : throw new MaskException(
                $"The masking key has {secret.Length} bytes; it needs at least {MinimumLength}. 'openssl rand -base64 32' makes a good one."
            );

    private static byte[]? Base64(string text)
    {
        var standard = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        var padded = standard.PadRight((standard.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length];
        return Convert.TryFromBase64String(padded, bytes, out var written) ? bytes[..written] : null;
    }
}
