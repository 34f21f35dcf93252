using System.Text.RegularExpressions;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>A JDBC address in the form people already have, taken apart.</summary>
/// <param name="Vendor">The database: one of <see cref="Vendors"/>.</param>
/// <param name="Host">The host; empty for a database that is a file.</param>
/// <param name="Port">The port, or null for the vendor's usual one.</param>
/// <param name="Database">The database's name, or its file; empty where the address names none.</param>
/// <param name="Properties">What follows, by name, without regard to case.</param>
internal sealed partial record JdbcUrl(
    string Vendor,
    string Host,
    int? Port,
    string Database,
    IReadOnlyDictionary<string, string> Properties
)
{
    /// <summary>The vendors whose addresses are understood.</summary>
    public static IReadOnlyList<string> Vendors { get; } = ["postgresql", "sqlserver", "mysql", "mariadb", "duckdb"];

    /// <summary>Takes an address apart; null when it is none.</summary>
    public static JdbcUrl? Parse(string text)
    {
        if (FileForm().Match(text.Trim()) is { Success: true } file)
            return new JdbcUrl("duckdb", "", null, file.Groups["path"].Value, new Dictionary<string, string>());
        if (Form().Match(text.Trim()) is not { Success: true } m || !Vendors.Contains(m.Groups["vendor"].Value))
            return null;
        var properties = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var pair in m.Groups["properties"].Value.Split(['&', ';', '?'], StringSplitOptions.RemoveEmptyEntries))
            if (pair.IndexOf('=', StringComparison.Ordinal) is var i and > 0)
                properties[pair[..i].Trim()] = Uri.UnescapeDataString(pair[(i + 1)..].Trim());
        var database = Uri.UnescapeDataString(m.Groups["database"].Value);
        // SQL Server names the database among the properties.
        if (database.Length == 0)
            database = properties.GetValueOrDefault("databaseName") ?? properties.GetValueOrDefault("database") ?? "";
        var port = m.Groups["port"].Success ? int.Parse(m.Groups["port"].Value) : (int?)null;
        return new JdbcUrl(m.Groups["vendor"].Value, m.Groups["host"].Value.Trim('[', ']'), port, database, properties);
    }

    /// <summary>The value of the first of these properties that the address has, or null.</summary>
    public string? Property(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (Properties.TryGetValue(name, out var value))
                return value;
        return null;
    }

    /// <summary>Where the database is, for messages: without the properties, some of which may be secret.</summary>
    public override string ToString() =>
        Vendor == "duckdb" ? $"jdbc:duckdb:{Database}" : $"jdbc:{Vendor}://{Host}{(Port is null ? "" : ":" + Port)}/{Database}";

    [GeneratedRegex(@"^jdbc:duckdb:(?<path>[^?;]+)$")]
    private static partial Regex FileForm();

    [GeneratedRegex(
        @"^jdbc:(?<vendor>[a-z]+)://(?<host>\[[^\]]+\]|[^:/;?\[@]+)(:(?<port>\d{1,5}))?(/(?<database>[^?;]*))?(?<properties>[?;].*)?$"
    )]
    private static partial Regex Form();
}
