using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Masking;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Secrets;

namespace ServerlessHub.Pipelines.Running;

/// <summary>Makes known to a run's engine what the SQL of its plan calls: masks, each with its key, and cron windows.</summary>
internal static class PlanFunctions
{
    /// <summary>Registers them.</summary>
    /// <exception cref="RunException">A key is missing or cannot be used.</exception>
    public static void Register(Connection connection, BoundPipeline pipeline, HubRoot root)
    {
        foreach (var function in CronWindows.FunctionsOf(pipeline))
            connection.Register(function);
        var secrets = new Lazy<HubSecrets>(() => new HubSecrets(root.Path));
        foreach (var mask in MaskFunction.Of(pipeline))
            try
            {
                var keys = mask.Strategy == MaskStrategy.Redact ? null : Keys(secrets.Value, mask.SecretRef);
                MaskFunctions.Register(connection, mask.Name, mask.Column, mask.Strategy, keys, mask.Options);
            }
            catch (Exception e) when (e is SecretException or MaskException)
            {
                throw new RunException($"column '{mask.Column}' cannot be masked: {e.Message}", inner: e);
            }
    }

    private static MaskKeys Keys(HubSecrets secrets, string? name) =>
        MaskKeys.Parse((name is null ? secrets.MaskingKey() : secrets.Get(name)).Reveal());
}
