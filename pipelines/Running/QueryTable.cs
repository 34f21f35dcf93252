using System.Globalization;
using System.Text.Json.Nodes;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Running;

/// <summary>A table where a query names it.</summary>
internal sealed class QueryTable(JsonObject node)
{
    /// <summary>The engine's node.</summary>
    public JsonObject Node { get; } = node;

    /// <summary>The table, as the query spells it.</summary>
    public SqlTableName Name { get; } = new(Part(node, "catalog_name"), Part(node, "schema_name"), Part(node, "table_name"));

    /// <summary>When it is read; null for now.</summary>
    public QueryTime? At { get; } = node["at_clause"] is JsonObject at ? TimeOf(at) : null;

    /// <summary>What must be true of each row that the query takes; null for nothing.</summary>
    public JsonNode? Condition { get; set; }

    /// <summary>Whether a column without a table before it can only be one of this table's.</summary>
    public bool IsAlone { get; set; }

    /// <summary>Whether the query asks nothing of it but how many rows it has.</summary>
    public bool IsOnlyCounted { get; set; }

    /// <summary>Between which values the rows lie that the query asks for, as far as its condition tells.</summary>
    public IReadOnlyList<ColumnRange> Ranges(Snapshot snapshot) =>
        Condition is null ? [] : snapshot.RangesOf(Condition, Part(Node, "alias") is { Length: > 0 } alias ? alias : Name.Table, IsAlone);

    /// <exception cref="RunException">It is neither a version nor a time.</exception>
    private static QueryTime TimeOf(JsonObject at)
    {
        var (unit, value) = (Part(at, "unit").ToUpperInvariant(), Constant(at["expr"]));
        if (unit == "VERSION" && long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            return new(version, null);
        if (
            unit == "TIMESTAMP"
            && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
        )
            return new(null, time);
        throw new RunException(
            $"AT ({unit} => {value ?? "…"}) is neither a version nor a time",
            "write AT (VERSION => 3), or AT (TIMESTAMP => '2026-01-31T18:00:00Z')"
        );
    }

    private static string? Constant(JsonNode? expression)
    {
        while (QueryTree.Text(expression, "type") == "OPERATOR_CAST")
            expression = expression!["child"];
        return QueryTree.Text(expression, "class") == "CONSTANT" ? QueryTree.Text(expression!["value"], "value") : null;
    }

    private static string Part(JsonObject node, string name) => QueryTree.Text(node, name) ?? "";
}
