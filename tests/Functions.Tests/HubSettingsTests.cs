using Microsoft.Extensions.Configuration;
using ServerlessHub.Pipelines.Secrets;
using ServerlessHub.Streams.Kafka;

namespace ServerlessHub.Functions.Tests;

public sealed class HubSettingsTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    [Fact]
    public void What_is_given_is_read_and_the_rest_has_defaults()
    {
        var settings = Read(("HUB_ROOT", "abfss://hub@a.dfs.core.windows.net/x"), ("HUB_API_KEY", Key), ("HUB_MEMORY_MEGABYTES", "1024"));
        Assert.Equal(("abfss://hub@a.dfs.core.windows.net/x", Key), (settings.Root, settings.ApiKey));
        Assert.Null(settings.EventHub);
        var telemetry = $"InstrumentationKey={Guid.NewGuid()};IngestionEndpoint=https://a.in.applicationinsights.azure.com/";
        Read(("HUB_ROOT", "/hub"), ("HUB_API_KEY", Key), ("APPLICATIONINSIGHTS_CONNECTION_STRING", telemetry));
        Assert.Equal((1L << 30, Environment.ProcessorCount), (settings.Options.MemoryLimitBytes, settings.Options.ParallelPipelines));
    }

    [Fact]
    public void The_key_may_be_a_secret_of_the_hub() =>
        Assert.Equal(Key, Read(("HUB_ROOT", "/hub"), ("HUB_API_KEY", ""), ("HUB_SECRET_API_KEY", Key)).ApiKey);

    [Fact]
    public void All_that_is_wrong_is_told_at_once_with_name_what_was_given_and_what_is_allowed_and_no_secret()
    {
        var wrong = Assert
            .Throws<SettingsException>(() =>
                Read(
                    ("HUB_API_KEY", "too-short"),
                    ("HUB_PARALLEL_PIPELINES", "65"),
                    ("HUB_MEMORY_MEGABYTES", "1 GB"),
                    ("HUB_ADDRESS", "hub"),
                    ("HUB_KEY_VAULT", "my-hub"),
                    ("APPLICATIONINSIGHTS_CONNECTION_STRING", "too-short"),
                    ("HUB_EVENT_HUB", "orders")
                )
            )
            .Wrong;
        Assert.Equal(
            [
                "HUB_ROOT is not set; give the hub root's address, such as abfss://hub@account.dfs.core.windows.net/hub",
                "HUB_KEY_VAULT is 'my-hub'; give the vault's address, such as https://my-hub.vault.azure.net",
                "HUB_API_KEY, or the secret 'api-key' in the environment variable HUB_SECRET_API_KEY, has 9 characters; give a secret of at least 32",
                "HUB_PARALLEL_PIPELINES is '65'; give a whole number from 1 to 64",
                "HUB_MEMORY_MEGABYTES is '1 GB'; give a whole number from 256",
                "HUB_ADDRESS is 'hub'; give the address at which people reach the hub, such as https://hub.example.com",
                "APPLICATIONINSIGHTS_CONNECTION_STRING is no connection string of Application Insights; "
                    + "give one as InstrumentationKey=<id>;IngestionEndpoint=<address>",
                "EventHubs__fullyQualifiedNamespace is not set; give the namespace of orders, such as name.servicebus.windows.net",
            ],
            wrong
        );
    }

    [Fact]
    public void The_event_hub_is_one_of_a_namespace()
    {
        const string Space = "a.servicebus.windows.net";
        (string, string)[] rest = [("HUB_ROOT", "/hub"), ("HUB_API_KEY", Key), ("EventHubs:fullyQualifiedNamespace", Space)];
        Assert.Equal(new EventHubAddress(Space, "orders"), Read([.. rest, ("HUB_EVENT_HUB", "orders")]).EventHub);
        Assert.Equal(
            [$"HUB_EVENT_HUB is not set; give the event hub of {Space} whose events are taken"],
            Assert.Throws<SettingsException>(() => Read(rest)).Wrong
        );
    }

    private static HubSettings Read(params (string Name, string Value)[] given)
    {
        var settings = given.ToDictionary(s => s.Name, s => (string?)s.Value);
        return HubSettings.Read(
            new ConfigurationBuilder().AddInMemoryCollection(settings).Build(),
            new EnvironmentSecrets(name => settings.GetValueOrDefault(name))
        );
    }
}
