using System.Text.Json;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Secrets;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>Where a database is and who asks; its text form never shows the password.</summary>
/// <param name="Url">The address.</param>
/// <param name="User">The user, or null where the address or the database decides.</param>
/// <param name="Password">The password, or null.</param>
internal sealed record DatabaseAddress(JdbcUrl Url, string? User, Secret? Password)
{
    /// <summary>The attributes by which a source or a target says where its database is.</summary>
    public static IReadOnlyList<AttributeSpec> Attributes { get; } =
    [
        new(
            "jdbcUrl",
            AttributeKind.Text,
            "The database's address: `jdbc:postgresql://host/db`, `jdbc:sqlserver:`, `jdbc:mysql:`, `jdbc:mariadb:`, or `jdbc:duckdb:` and a file below the hub root."
        ),
        new(
            "connectionRef",
            AttributeKind.Name,
            "The connection, in place of `jdbcUrl`: `resources/<name>.json` with `jdbcUrl`, `user` and `password`."
        ),
        new("userSecretRef", AttributeKind.Name, "The secret that holds `user:password`, or JSON with `user` and `password`."),
        new(
            "isolationLevel",
            AttributeKind.Choice,
            "How far the transaction is kept apart from others. A DuckDB file always gives a snapshot."
        )
        {
            Choices = ["READ_COMMITTED", "READ_UNCOMMITTED", "REPEATABLE_READ", "SERIALIZABLE"],
            Default = "READ_COMMITTED",
        },
    ];

    /// <summary>Reports what is wrong with how an element names its database, without looking at secrets; false if anything is.</summary>
    public static bool Check(Element element, ConnectorContext context)
    {
        var before = context.Findings.Count;
        if (element.Has("jdbcUrl") == element.Has("connectionRef"))
            context.Findings.Add(
                element.Has("jdbcUrl") ? Rule.ConflictingAttributes : Rule.MissingAttribute,
                element.Has("jdbcUrl") ? element.LocationOf("connectionRef") : element.Location,
                element.Has("jdbcUrl") ? "jdbcUrl and connectionRef both name the database" : "nothing names the database",
                element.Has("jdbcUrl") ? "keep one of the two" : "add jdbcUrl=\"jdbc:…\" or connectionRef=\"…\""
            );
        else if (element["jdbcUrl"] is { } url && JdbcUrl.Parse(url) is null)
            context.Findings.Add(
                Rule.BadValue,
                element.LocationOf("jdbcUrl"),
                "the address of the database is not understood",
                $"write jdbc:<vendor>://host:port/database; known vendors are {string.Join(", ", JdbcUrl.Vendors)}"
            );
        else if (element["connectionRef"] is { } name)
            CheckConnection(name, element, context);
        return context.Findings.Count == before;
    }

    /// <summary>The database that an element names, as this hub maps it, with the user's name and password.</summary>
    /// <exception cref="RunException">A connection or a secret is missing or not what it should be.</exception>
    public static DatabaseAddress Of(Element element, ConnectorContext context)
    {
        var (url, connection, isStandIn) = Locate(element, context);
        try
        {
            var secrets = new HubSecrets(context.Root.Path, isShared: context.Root.IsRemote);
            var (user, password) = connection is { } c ? (Value(c, "user", secrets), Value(c, "password", secrets)) : (null, null);
            // What stands in for a database has users of its own.
            if (!isStandIn && element["userSecretRef"] is { } name)
                (user, password) = Credentials(name, secrets.Get(name));
            var parsed = JdbcUrl.Parse(secrets.Expand(url).Reveal());
            return parsed is null
                ? throw new RunException($"the jdbcUrl of '{Name(element)}' is not understood", "write jdbc:<vendor>://host:port/database")
                : new DatabaseAddress(parsed, user?.Reveal(), password);
        }
        catch (SecretException e)
        {
            throw new RunException(e.Message, isTransient: e.IsTransient, inner: e);
        }
    }

    /// <summary>The address for a report, without secrets: the mapped one where it can be known.</summary>
    public static string Describe(Element element, ConnectorContext context)
    {
        try
        {
            return JdbcUrl.Parse(Locate(element, context).Url)?.ToString() ?? Name(element);
        }
        catch (RunException)
        {
            return Name(element);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Url.ToString();

    private static string Name(Element element) => element["connectionRef"] ?? element["id"] ?? element.Name;

    private static (string Url, JsonElement? Connection, bool IsStandIn) Locate(Element element, ConnectorContext context)
    {
        JsonElement? connection = null;
        if (element["connectionRef"] is { } name)
            connection =
                context.Root.Connection(name, context.Address)
                ?? throw new RunException($"there is no connection '{name}'", $"put it in resources/{name}.json");
        var url =
            element["jdbcUrl"]
            ?? Text(connection!.Value, "jdbcUrl")
            ?? throw new RunException($"the connection '{element["connectionRef"]}' has no jdbcUrl");
        var standIn = context.Root.StandIn(url) ?? context.Root.StandIn(url.Split('?', ';')[0]);
        if (standIn is not { } other)
            return (url, connection, false);
        return (
            Text(other, "jdbcUrl")
                ?? throw new RunException($"what config/connections.json has for {url.Split('?', ';')[0]} has no jdbcUrl"),
            other,
            true
        );
    }

    private static void CheckConnection(string name, Element element, ConnectorContext context)
    {
        try
        {
            if (context.Root.Connection(name, context.Address) is null)
                context.Findings.Add(
                    Rule.MissingConnection,
                    element.LocationOf("connectionRef"),
                    $"there is no connection '{name}'",
                    NearestName.Hint(name, context.Root.Connections(context.Address)) ?? $"put it in resources/{name}.json"
                );
        }
        catch (RunException e)
        {
            context.Findings.Add(Rule.MissingConnection, element.LocationOf("connectionRef"), e.Message, e.Hint);
        }
    }

    private static string? Text(JsonElement connection, string property) =>
        connection.ValueKind == JsonValueKind.Object
        && connection.TryGetProperty(property, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static Secret? Value(JsonElement connection, string property, HubSecrets secrets) =>
        Text(connection, property) is { } text ? secrets.Expand(text) : null;

    private static (Secret User, Secret? Password) Credentials(string name, Secret secret)
    {
        var text = secret.Reveal().Trim();
        if (text.StartsWith('{'))
            try
            {
                using var json = JsonDocument.Parse(text);
                if (Text(json.RootElement, "user") is { } user)
                    return (new Secret(user), Text(json.RootElement, "password") is { } password ? new Secret(password) : null);
            }
            catch (JsonException)
            {
                // What it holds is not told, only what it should hold.
            }
        else if (text.IndexOf(':') is var colon and > 0)
            return (new Secret(text[..colon]), new Secret(text[(colon + 1)..]));
        throw new RunException(
            $"the secret '{name}' does not hold a user and a password",
            "store it as user:password, or as JSON {\"user\": …, \"password\": …}"
        );
    }
}
