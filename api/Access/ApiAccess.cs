using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using ServerlessHub.Api.Problems;

namespace ServerlessHub.Api.Access;

/// <summary>
/// Who may ask: whoever has the key, in the header <c>X-Api-Key</c> or as a bearer token; <c>X-Hub-User</c> says who that is. Without a key the hub answers
/// to its own machine only, and to no page of a browser: what another site's script sends has an <c>Origin</c>.
/// </summary>
/// <param name="key">The key; null for none.</param>
public sealed class ApiAccess(string? key)
{
    /// <summary>The header that carries the key.</summary>
    public const string KeyHeader = "X-Api-Key";

    /// <summary>The header that says who asks.</summary>
    public const string UserHeader = "X-Hub-User";

    private const int LongestName = 200;
    private readonly byte[]? hash = key is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Whoever asks.</summary>
    /// <exception cref="ApiException">The request may not be answered: 401 or 403.</exception>
    public Caller Admit(HttpContext context)
    {
        if (hash is not null)
        {
            if (Given(context.Request) is not { } given)
                throw new ApiException(401, "the request carries no key", $"send it as '{KeyHeader}: …' or as 'Authorization: Bearer …'");
            if (!CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), hash))
                throw new ApiException(401, "the key is not the hub's", "the server's own user finds it in .hub/api-key of the hub root");
        }
        else if (context.Connection.RemoteIpAddress is not { } address || !IPAddress.IsLoopback(address))
            throw new ApiException(403, "without a key the hub answers to its own machine only", "start the server with a key");
        else if (context.Request.Headers.Origin.Count > 0)
            throw new ApiException(403, "without a key the hub answers to no page of a browser", "start the server with a key");
        return new Caller(Name(context.Request));
    }

    private static string? Given(HttpRequest request)
    {
        if (request.Headers[KeyHeader] is [{ Length: > 0 } own])
            return own;
        const string scheme = "Bearer ";
        return request.Headers.Authorization is [{ } bearer] && bearer.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            ? bearer[scheme.Length..].Trim()
            : null;
    }

    private static string Name(HttpRequest request) =>
        request.Headers[UserHeader] is [{ Length: > 0 and <= LongestName } name] && !name.Any(char.IsControl) ? name : "api";
}
