using System.Text.Json;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Pipelines.Secrets;

namespace ServerlessHub.Streams.Kafka;

/// <summary>How to reach a topic, or an event hub through the Kafka protocol.</summary>
/// <param name="Servers">The brokers.</param>
/// <param name="Topic">The topic, or the event hub.</param>
/// <param name="Properties">What the client is told of security, by librdkafka's names. Some are secrets.</param>
/// <param name="TokenScope">What a token of Entra ID is asked for, where one is what the namespace takes; else null.</param>
internal sealed record KafkaConnection(string Servers, string Topic, IReadOnlyDictionary<string, string> Properties, string? TokenScope)
{
    /// <summary>What <c>securityRef</c> may set; others would undo what the hub relies on, load a library, or start a program.</summary>
    public static IReadOnlyList<string> Settable { get; } =
    [
        "security.protocol",
        "sasl.mechanism",
        "sasl.username",
        "sasl.password",
        "ssl.ca.location",
        "ssl.ca.pem",
        "ssl.certificate.pem",
        "ssl.key.pem",
        "ssl.key.password",
        "ssl.endpoint.identification.algorithm",
        "client.id",
        "client.rack",
        "group.instance.id",
        "session.timeout.ms",
        "heartbeat.interval.ms",
        "max.poll.interval.ms",
        "socket.timeout.ms",
        "metadata.max.age.ms",
        "connections.max.idle.ms",
        "reconnect.backoff.max.ms",
        "message.max.bytes",
        "receive.message.max.bytes",
        "fetch.max.bytes",
        "compression.type",
    ];

    /// <summary>What an element <c>kafka</c> or <c>eventHub</c>, of a source or a sink, says, with its secrets.</summary>
    /// <exception cref="RunException">A resource or a secret is missing, or not what it should be.</exception>
    public static KafkaConnection Of(Element element, HubRoot root, DocumentAddress stream)
    {
        try
        {
            var secrets = new HubSecrets(root.Path, isShared: root.IsRemote);
            return element.Spec.Name == "eventHub"
                ? EventHub(element["name"]!, element["connectionRef"]!, Resource(element["connectionRef"]!, root, stream), secrets)
                : Kafka(element, root, stream, secrets);
        }
        catch (SecretException e)
        {
            throw new RunException(e.Message, isTransient: e.IsTransient, inner: e);
        }
    }

    /// <summary>The client's settings.</summary>
    public Dictionary<string, string> Settings() => new(Properties) { ["bootstrap.servers"] = Servers };

    /// <summary>What is said where the client does not take the settings. It names the one, and of values only those that are no secrets.</summary>
    public RunException Unfit(Exception cause) =>
        new(
            $"a setting of the Kafka client for {this} is not what it should be: {cause.Message}",
            "correct it in the file that securityRef or connectionRef names",
            inner: cause
        );

    /// <summary>The form for messages: never what it holds of secrets.</summary>
    public override string ToString() => $"topic '{Topic}' of {Servers}";

    private static KafkaConnection Kafka(Element element, HubRoot root, DocumentAddress stream, HubSecrets secrets)
    {
        var properties = new Dictionary<string, string>();
        if (element["securityRef"] is { } name)
            foreach (var property in Resource(name, root, stream).EnumerateObject())
            {
                if (!Settable.Contains(property.Name))
                    throw new RunException(
                        $"resources/{name}.json has '{property.Name}', which is no setting of a Kafka client that may be given",
                        NearestName.Hint(property.Name, Settable) ?? $"those that may: {string.Join(", ", Settable)}"
                    );
                properties[property.Name] = secrets.Expand(Text(property.Value)).Reveal();
            }
        return new(element["bootstrapServers"]!, element["topic"]!, properties, TokenScope: null);
    }

    private static KafkaConnection EventHub(string hub, string name, JsonElement resource, HubSecrets secrets)
    {
        if (Value(resource, "connectionString") is { } text)
        {
            var connection = secrets.Expand(text).Reveal();
            var parts = connection
                .Split(';', StringSplitOptions.RemoveEmptyEntries)
                .Select(part => part.Split('=', 2))
                .Where(part => part.Length == 2)
                .ToDictionary(part => part[0].Trim(), part => part[1].Trim(), StringComparer.OrdinalIgnoreCase);
            if (!parts.TryGetValue("Endpoint", out var endpoint) || !Uri.TryCreate(endpoint, UriKind.Absolute, out var address))
                throw new RunException(
                    $"the connectionString of resources/{name}.json is none of an Event Hubs namespace",
                    "it begins with Endpoint=sb://<namespace>.servicebus.windows.net/"
                );
            // The emulator on a developer's machine speaks without TLS, and on Kafka's own port.
            var isEmulator = parts.TryGetValue("UseDevelopmentEmulator", out var emulator) && emulator == "true";
            return new(
                $"{address.Host}:{(isEmulator ? 9092 : 9093)}",
                hub,
                new Dictionary<string, string>
                {
                    ["security.protocol"] = isEmulator ? "SASL_PLAINTEXT" : "SASL_SSL",
                    ["sasl.mechanism"] = "PLAIN",
                    ["sasl.username"] = "$ConnectionString",
                    ["sasl.password"] = connection,
                },
                TokenScope: null
            );
        }
        if (Value(resource, "namespace") is not { } space)
            throw new RunException(
                $"resources/{name}.json says neither connectionString nor namespace",
                "write {\"namespace\": \"<name>.servicebus.windows.net\"} to sign in with Entra ID, or {\"connectionString\": \"${secret:…}\"}"
            );
        var host = secrets.Expand(space).Reveal();
        host = host.Contains('.', StringComparison.Ordinal) ? host : $"{host}.servicebus.windows.net";
        return new(
            $"{host}:9093",
            hub,
            new Dictionary<string, string> { ["security.protocol"] = "SASL_SSL", ["sasl.mechanism"] = "OAUTHBEARER" },
            $"https://{host}/.default"
        );
    }

    private static JsonElement Resource(string name, HubRoot root, DocumentAddress stream) =>
        root.Connection(name, stream) ?? throw new RunException($"there is no connection '{name}'", $"put it in resources/{name}.json");

    private static string? Value(JsonElement resource, string property) =>
        resource.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
