using System.Text.Json;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Orchestrations.Documents;
using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Orchestrations.Starting;

/// <summary>What is known of a caller's key.</summary>
/// <param name="RunId">The run that the key stands for.</param>
/// <param name="IsNew">Whether it stands for it since now.</param>
/// <param name="IsConflict">Whether the key was given before to ask for something else; nothing may be started then.</param>
public sealed record KeyClaim(string RunId, bool IsNew, bool IsConflict);

/// <summary>
/// The keys by which callers know their requests again, each a document under <c>data/ops/keys</c>. A key is claimed first, and the run started after that
/// under the id that the claim gives: whoever died in between, or asks again, starts the same run.
/// </summary>
/// <param name="storage">The hub root's.</param>
/// <param name="time">The clock.</param>
public sealed class IdempotencyKeys(ILakeStorage storage, TimeProvider time)
{
    private const string Folder = "data/ops/keys";
    private const int LongestKey = 255;

    /// <summary>How long a key is known at least.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>Claims a key for a run, or for whatever else has an id.</summary>
    /// <param name="subject">What is asked for, such as a document's address; each has keys of its own.</param>
    /// <param name="key">The key, as the caller gave it.</param>
    /// <param name="parameters">What the run is given.</param>
    /// <param name="runId">The id that the run gets if the key is new.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="RunException">The text can be no key.</exception>
    public async Task<KeyClaim> Claim(
        string subject,
        string key,
        IReadOnlyDictionary<string, string> parameters,
        string runId,
        CancellationToken ct = default
    )
    {
        if (key.Length is 0 or > LongestKey || key.Any(char.IsControl))
            throw new RunException(
                $"an idempotency key has 1 to {LongestKey} characters, none of them a control character",
                "send another one"
            );
        var asked = DerivedRunId.Hash(
            JsonSerializer.Serialize(parameters.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => new[] { p.Key, p.Value }))
        );
        var name = DerivedRunId.Hash("key", subject, key);
        var now = time.GetUtcNow();
        var own = new KeyState(subject, key, runId, asked, now);
        var state = await new StateDocument<KeyState>(storage, $"{Folder}/{name[..2]}/{name}.json").Update(
            before => before is null || now - before.At > Kept ? own : before,
            ct
        );
        if (state!.Subject != own.Subject || state.Key != key)
            throw new RunException("the idempotency key cannot be told from another one that is in use", "send another one");
        return new(state.RunId, IsNew: state == own, IsConflict: state.Asked != asked);
    }

    /// <summary>Deletes the keys that are no longer known; to be called once in a while.</summary>
    /// <returns>How many.</returns>
    public int Sweep()
    {
        // By the storage's clock, which need not be this machine's: twice the time leaves room for both.
        var old = storage.ListBelow(Folder).Where(file => time.GetUtcNow() - file.Modified > 2 * Kept).ToArray();
        foreach (var file in old)
            storage.Delete(file.Path);
        return old.Length;
    }

    private sealed record KeyState(string Subject, string Key, string RunId, string Asked, DateTimeOffset At);
}
