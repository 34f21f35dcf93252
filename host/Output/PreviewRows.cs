using System.Text.Json.Nodes;
using ServerlessHub.Engine;
using ServerlessHub.Host.Commands;

namespace ServerlessHub.Host.Output;

/// <summary>The first rows of something.</summary>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">The rows as text.</param>
/// <param name="Json">The rows as JSON objects.</param>
internal sealed record PreviewRows(IReadOnlyList<Column> Columns, IReadOnlyList<IReadOnlyList<string?>> Rows, IReadOnlyList<JsonNode> Json)
{
    /// <summary>The first rows of a query.</summary>
    /// <param name="connection">Runs it.</param>
    /// <param name="sql">The query.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellation">Stops it.</param>
    public static PreviewRows Read(Connection connection, string sql, long count, CancellationToken cancellation)
    {
        using var statement = connection.Prepare($"SELECT * FROM (\n{sql}\n)");
        var columns = statement.Columns;
        // Each value as text for people, and each row as JSON for programs: the engine knows how to write every type.
        var texts = string.Join(", ", columns.Select(c => $"CAST({Sql.Identifier(c.Name)} AS VARCHAR)"));
        using var result = connection.Query(
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

    /// <summary>The rows below their columns' names and types.</summary>
    public Grid ToGrid() =>
        new(
            [.. Columns.Select(c => new GridColumn(c.Name, IsNumeric(c.Type), TypeText.Short(c.Type)))],
            [.. Rows.Select(r => r.Select(v => v ?? "∅").ToArray())]
        );

    /// <summary>Shows them to whoever asked, a person or a program.</summary>
    /// <param name="invocation">The command that was asked.</param>
    /// <param name="name">What the rows are of.</param>
    public void Write(Invocation invocation, string name)
    {
        if (invocation.Json)
            invocation.Terminal.WriteJson(ToOutput(name), OutputJson.Default.RowsOutput);
        else
            invocation.Terminal.Write(ToGrid());
    }

    /// <summary>The rows for a program.</summary>
    private RowsOutput ToOutput(string name) =>
        new(name, [.. Columns.Select(c => new ColumnOutput(c.Name, TypeText.Full(c.Type), true, null))], Json);

    private static bool IsNumeric(LogicalType type) =>
        type.Kind
            is TypeKind.TinyInt
                or TypeKind.SmallInt
                or TypeKind.Integer
                or TypeKind.BigInt
                or TypeKind.HugeInt
                or TypeKind.UTinyInt
                or TypeKind.USmallInt
                or TypeKind.UInteger
                or TypeKind.UBigInt
                or TypeKind.Float
                or TypeKind.Double
                or TypeKind.Decimal;
}

/// <summary>What <c>hub tables preview --json</c> prints.</summary>
/// <param name="Name">What the rows are of.</param>
/// <param name="Columns">Its columns, in order.</param>
/// <param name="Rows">The rows, each an object with a property for each column.</param>
internal sealed record RowsOutput(string Name, IReadOnlyList<ColumnOutput> Columns, IReadOnlyList<JsonNode> Rows);
