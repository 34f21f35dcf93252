using System.Text.Json.Nodes;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Tables;

/// <summary>Some rows of something, as text for people and as JSON for programs: the engine knows how to write every type.</summary>
/// <param name="Columns">Its columns.</param>
/// <param name="Text">The rows as text.</param>
/// <param name="Json">The rows as JSON objects.</param>
public sealed record TableRows(IReadOnlyList<Column> Columns, IReadOnlyList<IReadOnlyList<string?>> Text, IReadOnlyList<JsonNode> Json)
{
    /// <summary>The first rows of a query.</summary>
    /// <param name="connection">Runs it.</param>
    /// <param name="sql">The query.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="EngineException">The query fails.</exception>
    public static TableRows Read(Connection connection, string sql, long count, CancellationToken cancellation)
    {
        using var statement = connection.Prepare($"SELECT * FROM (\n{sql}\n)");
        var columns = statement.Columns;
        var texts = string.Join(", ", columns.Select(c => $"CAST({Sql.Identifier(c.Name)} AS VARCHAR)"));
        using var result = connection.Query($"SELECT {texts}, {RowText.Json(columns)} FROM (\n{sql}\n) AS r LIMIT {count}", cancellation);
        var rows = new List<IReadOnlyList<string?>>();
        var json = new List<JsonNode>();
        foreach (var row in result.Rows())
        {
            rows.Add([.. row[..^1].Cast<string?>()]);
            json.Add(JsonNode.Parse((string)row[^1]!)!);
        }
        return new TableRows(columns, rows, json);
    }

    /// <summary>The first rows of a table. Files after those that hold enough are not read.</summary>
    /// <param name="root">The hub root that has it.</param>
    /// <param name="snapshot">The table.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="EngineException">A file cannot be read.</exception>
    public static TableRows First(HubRoot root, Snapshot snapshot, long count, CancellationToken cancellation)
    {
        var (files, rows) = (new List<DataFile>(), 0L);
        foreach (var file in snapshot.Files.TakeWhile(_ => rows < count))
        {
            files.Add(file);
            rows += file.Rows ?? 0;
        }
        using var engine = new QueryEngine(root);
        using var scan = snapshot.Scan(engine.Connection, files);
        return scan.Read(() => Read(engine.Connection, scan.Sql, count, cancellation));
    }

    /// <summary>The rows for a program.</summary>
    /// <param name="name">What they are of.</param>
    public RowsOutput ToOutput(string name) =>
        new(name, [.. Columns.Select(c => new ColumnOutput(c.Name, TypeText.Full(c.Type), true, null))], Json);
}

/// <summary>Rows of a table or query.</summary>
/// <param name="Name">What the rows are of.</param>
/// <param name="Columns">Its columns, in order.</param>
/// <param name="Rows">The rows, each an object with a property for each column.</param>
public sealed record RowsOutput(string Name, IReadOnlyList<ColumnOutput> Columns, IReadOnlyList<JsonNode> Rows);
