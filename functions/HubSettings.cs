using Microsoft.Extensions.Configuration;
using ServerlessHub.Orchestrations;
using ServerlessHub.Pipelines.Secrets;
using ServerlessHub.Streams.Kafka;

namespace ServerlessHub.Functions;

/// <summary>The app's settings, as its environment has them.</summary>
/// <param name="Root">The hub root's address, or a folder.</param>
/// <param name="ApiKey">The key that requests carry.</param>
/// <param name="Options">How much pipelines may use.</param>
/// <param name="EventHub">The event hub whose events a trigger brings; null for none.</param>
internal sealed record HubSettings(string Root, string ApiKey, JobHubOptions Options, EventHubAddress? EventHub)
{
    private const string ApiKeySecret = "api-key";
    private const int ShortestKey = 32;
    private const int MostPipelines = 64;
    private const int LeastMegabytes = 256;

    /// <summary>Reads the settings.</summary>
    /// <param name="configuration">Where they are.</param>
    /// <param name="environment">The secrets of the environment, which come before those of the vault.</param>
    /// <exception cref="SettingsException">Some are missing or wrong; it says all of them at once.</exception>
    /// <exception cref="SecretException">The secrets cannot be had.</exception>
    public static HubSettings Read(IConfiguration configuration, ISecretStore environment)
    {
        var wrong = new List<string>();
        var root = configuration["HUB_ROOT"] ?? "";
        if (root.Length == 0)
            wrong.Add(Told("HUB_ROOT", root, "the hub root's address, such as abfss://hub@account.dfs.core.windows.net/hub"));
        var secrets = Secrets(configuration, environment, wrong);
        var key = configuration["HUB_API_KEY"] is { Length: > 0 } given
            ? given
            : secrets.Find(ApiKeySecret, CancellationToken.None)?.Reveal() ?? "";
        if (key.Length < ShortestKey)
            wrong.Add(
                $"HUB_API_KEY, or the secret '{ApiKeySecret}' in {secrets.Place(ApiKeySecret)}, has {key.Length} characters; "
                    + $"give a secret of at least {ShortestKey}"
            );
        var defaults = new JobHubOptions();
        var options = new JobHubOptions
        {
            ParallelPipelines = Number(configuration, "HUB_PARALLEL_PIPELINES", 1, MostPipelines, wrong) ?? defaults.ParallelPipelines,
            MemoryLimitBytes = Number(configuration, "HUB_MEMORY_MEGABYTES", LeastMegabytes, int.MaxValue, wrong) * 1024L * 1024L,
            Address = Address(configuration, "HUB_ADDRESS", wrong),
        };
        RequireTelemetry(configuration[AppTelemetry.Connection], wrong);
        var eventHub = EventHubOf(configuration, wrong);
        return wrong.Count == 0 ? new HubSettings(root, key, options, eventHub) : throw new SettingsException(wrong);
    }

    private static ISecretStore Secrets(IConfiguration configuration, ISecretStore environment, List<string> wrong)
    {
        if (configuration["HUB_KEY_VAULT"] is not { Length: > 0 } vault)
            return environment;
        if (Uri.TryCreate(vault, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps)
            return new SecretChain(environment, KeyVaultSecrets.At(vault));
        wrong.Add(Told("HUB_KEY_VAULT", vault, "the vault's address, such as https://my-hub.vault.azure.net"));
        return environment;
    }

    private static int? Number(IConfiguration configuration, string name, int least, int most, List<string> wrong)
    {
        if (configuration[name] is not { Length: > 0 } given)
            return null;
        if (int.TryParse(given, out var number) && number >= least && number <= most)
            return number;
        wrong.Add(Told(name, given, most == int.MaxValue ? $"a whole number from {least}" : $"a whole number from {least} to {most}"));
        return null;
    }

    private static Uri? Address(IConfiguration configuration, string name, List<string> wrong)
    {
        if (configuration[name] is not { Length: > 0 } given)
            return null;
        if (Uri.TryCreate(given, UriKind.Absolute, out var address) && address.Scheme is "https" or "http")
            return address;
        wrong.Add(Told(name, given, "the address at which people reach the hub, such as https://hub.example.com"));
        return null;
    }

    // What was given is not told: who has it may send telemetry where that needs no identity.
    private static void RequireTelemetry(string? given, List<string> wrong)
    {
        var parts = (given ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2)).ToArray();
        if (given is { Length: > 0 } && !parts.Any(p => p is ["InstrumentationKey", var key] && Guid.TryParse(key, out _)))
            wrong.Add(
                $"{AppTelemetry.Connection} is no connection string of Application Insights; give one as InstrumentationKey=<id>;IngestionEndpoint=<address>"
            );
    }

    private static EventHubAddress? EventHubOf(IConfiguration configuration, List<string> wrong)
    {
        // A section, as the platform's own connections are; in the environment '__' stands for ':'.
        var (space, name) = (configuration["EventHubs:fullyQualifiedNamespace"] ?? "", configuration["HUB_EVENT_HUB"] ?? "");
        if (space.Length == 0 && name.Length > 0)
            wrong.Add(Told("EventHubs__fullyQualifiedNamespace", space, $"the namespace of {name}, such as name.servicebus.windows.net"));
        if (space.Length > 0 && name.Length == 0)
            wrong.Add(Told("HUB_EVENT_HUB", name, $"the event hub of {space} whose events are taken"));
        return space.Length > 0 ? new EventHubAddress(space, name) : null;
    }

    private static string Told(string name, string given, string allowed) =>
        $"{name} is {(given.Length == 0 ? "not set" : $"'{given}'")}; give {allowed}";
}

/// <summary>The app cannot start as it is set up.</summary>
/// <param name="wrong">What is wrong: for each setting its name, what was given, and what is allowed.</param>
internal sealed class SettingsException(IReadOnlyList<string> wrong) : Exception(string.Join(Environment.NewLine, wrong))
{
    /// <summary>What is wrong, a line for each setting.</summary>
    public IReadOnlyList<string> Wrong { get; } = wrong;
}
