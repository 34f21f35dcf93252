using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Masking;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Secrets;

namespace ServerlessHub.Pipelines.Running;

/// <summary>Makes known to a run's engine what the SQL of its plan calls: masks, each with its key, and cron windows.</summary>
internal static class PlanFunctions
{
    /// <summary>Registers them.</summary>
    /// <param name="connection">The engine.</param>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="root">The hub root, for its secrets.</param>
    /// <param name="findings">Told when a masking key had to be made.</param>
    /// <exception cref="RunException">A key is missing or cannot be used.</exception>
    public static void Register(Connection connection, BoundPipeline pipeline, HubRoot root, Diagnostics findings)
    {
        foreach (var function in CronWindows.FunctionsOf(pipeline))
            connection.Register(function);
        var keysOf = new Dictionary<string, MaskKeys>();
        var secrets = new Lazy<HubSecrets>(() => new HubSecrets(root.Path, isShared: root.IsRemote));
        foreach (var mask in MaskFunction.Of(pipeline))
            try
            {
                var keys = mask.Strategy == MaskStrategy.Redact ? null : Keys(keysOf, secrets.Value, mask.SecretRef);
                MaskFunctions.Register(connection, mask.Name, mask.Column, mask.Strategy, keys, mask.Options);
            }
            catch (Exception e) when (e is SecretException or MaskException)
            {
                throw new RunException(
                    $"column '{mask.Column}' cannot be masked: {e.Message}",
                    isTransient: e is SecretException { IsTransient: true },
                    inner: e
                );
            }
        if (secrets.IsValueCreated && secrets.Value.MadeMaskingKey is { } file)
            findings.Add(
                Rule.MaskingKeyMade,
                pipeline.Document.Location,
                $"a masking key was made: {file}",
                "keep a copy of it: without it no token can be turned back, and tokens made with another key do not join with these"
            );
    }

    /// <summary>The keys of a secret: fetched and taken apart once, whatever number of columns they mask.</summary>
    private static MaskKeys Keys(Dictionary<string, MaskKeys> known, HubSecrets secrets, string? name)
    {
        // No secret has an empty name, so it stands for the hub's own key.
        if (!known.TryGetValue(name ?? "", out var keys))
            known[name ?? ""] = keys = MaskKeys.Parse((name is null ? secrets.MaskingKey() : secrets.Get(name)).Reveal());
        return keys;
    }
}
