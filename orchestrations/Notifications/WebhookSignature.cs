using System.Security.Cryptography;
using System.Text;
using ServerlessHub.Pipelines.Secrets;

namespace ServerlessHub.Orchestrations.Notifications;

/// <summary>
/// The signature of a webhook's message after Standard Webhooks 1.0: HMAC-SHA256 over <c>id.timestamp.body</c>, so that neither the body nor its
/// time can be changed, in base64 behind <c>v1,</c>.
/// </summary>
internal static class WebhookSignature
{
    private const string Base64Key = "whsec_";

    /// <summary>Signs a message.</summary>
    /// <param name="key">The key: bytes in base64 where it begins with <c>whsec_</c>, else the text itself.</param>
    /// <param name="id">The message's id.</param>
    /// <param name="seconds">When it is sent, in seconds since 1970.</param>
    /// <param name="body">What is sent.</param>
    /// <exception cref="SecretException">The key says that it is base64 and is not.</exception>
    public static string Of(Secret key, string id, long seconds, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Bytes(key.Reveal()));
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{seconds}."));
        hmac.AppendData(body);
        return "v1," + Convert.ToBase64String(hmac.GetHashAndReset());
    }

    private static byte[] Bytes(string key)
    {
        if (!key.StartsWith(Base64Key, StringComparison.Ordinal))
            return Encoding.UTF8.GetBytes(key);
        try
        {
            return Convert.FromBase64String(key[Base64Key.Length..]);
        }
        catch (FormatException)
        {
            throw new SecretException($"The key of a webhook begins with '{Base64Key}', but what follows is not base64.");
        }
    }
}
