using ServerlessHub.Api.Problems;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Api.Access;

/// <summary>The keys by which callers know their requests again, each of which stands for what its first request began.</summary>
internal sealed class RequestKeys(IdempotencyKeys keys)
{
    /// <summary>The header that carries a key.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>What the header is.</summary>
    public const string Description = "A text of the caller's by which it knows the request again.";

    /// <summary>Claims a key.</summary>
    /// <param name="subject">What is asked for; each has keys of its own.</param>
    /// <param name="key">The key.</param>
    /// <param name="asked">With what.</param>
    /// <param name="id">What the key stands for if it is new.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="ApiException">The key was given before to ask for something else, or is none.</exception>
    public async Task<KeyClaim> Claim(
        string subject,
        string key,
        IReadOnlyDictionary<string, string> asked,
        string id,
        CancellationToken ct
    )
    {
        KeyClaim claim;
        try
        {
            claim = await keys.Claim(subject, key, asked, id, ct);
        }
        catch (RunException e) when (!e.IsTransient)
        {
            throw ApiException.BadRequest(e.Message, e.Hint);
        }
        return claim.IsConflict
            ? throw ApiException.Conflict(
                $"the idempotency key was given before to ask for something else, and stands for {claim.RunId}",
                "send another key, or the parameters as they were"
            )
            : claim;
    }
}
