using System.Text.Json.Nodes;
using ServerlessHub.Engine;
using ServerlessHub.Host.Output;

namespace ServerlessHub.Host;

/// <summary>An engine to look at a few rows with.</summary>
internal sealed class PreviewEngine : IDisposable
{
    private readonly Database database = Database.Open();

    public PreviewEngine()
    {
        Connection = database.Connect();
        Connection.Execute("SET TimeZone = 'UTC'");
    }

    /// <summary>Its connection.</summary>
    public Connection Connection { get; }

    /// <summary>The first rows of a query.</summary>
    /// <param name="sql">The query.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellation">Stops it.</param>
    public PreviewRows Read(string sql, long count, CancellationToken cancellation)
    {
        using var statement = Connection.Prepare($"SELECT * FROM (\n{sql}\n)");
        var columns = statement.Columns;
        // Each value as text for people, and each row as JSON for programs: the engine knows how to write every type.
        var texts = string.Join(", ", columns.Select(c => $"CAST({Sql.Identifier(c.Name)} AS VARCHAR)"));
        using var result = Connection.Query(
            $"SELECT {texts}, CAST(to_json(r) AS VARCHAR) FROM (\n{sql}\n) AS r LIMIT {count}",
            cancellation
        );
        var rows = new List<IReadOnlyList<string?>>();
        var json = new List<JsonNode>();
        foreach (var row in result.Rows())
        {
            rows.Add([.. row[..^1].Cast<string?>()]);
            json.Add(JsonNode.Parse((string)row[^1]!)!);
        }
        return new PreviewRows(columns, rows, json);
    }

    public void Dispose()
    {
        Connection.Dispose();
        database.Dispose();
    }
}
