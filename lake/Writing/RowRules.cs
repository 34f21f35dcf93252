using System.Text.Json.Nodes;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Writing;

/// <summary>
/// What a table demands of its rows, and works out by itself: constraints, invariants, generated columns and defaults. They are looked at
/// while the rows are written, so that none needs to be read again.
/// </summary>
internal sealed class RowRules
{
    private const string Mark = "hub: broken rule ";
    private const string Constraint = "delta.constraints.";

    private readonly List<Rule> _rules = [];
    private readonly Dictionary<string, string> _generated = [];
    private readonly Dictionary<string, string> _defaults = [];

    private RowRules() { }

    /// <summary>Of a table that demands nothing.</summary>
    public static RowRules None { get; } = new();

    /// <summary>The rules of a table.</summary>
    /// <exception cref="FormatException">One of them cannot be kept; the message names it.</exception>
    public static RowRules Of(Connection connection, TableProtocol protocol, TableMetadata metadata, StructType schema)
    {
        var rules = new RowRules();
        foreach (var field in schema.Fields)
            rules.Add(connection, protocol, schema, field);
        if (!protocol.Supports("checkConstraints"))
            return rules;
        foreach (var (name, expression) in metadata.Configuration ?? new Dictionary<string, string?>())
        {
            if (name.StartsWith(Constraint, StringComparison.Ordinal) && expression is not null)
                rules.Add(connection, schema, $"constraint '{name[Constraint.Length..]}'", expression);
        }
        return rules;
    }

    public bool IsGenerated(SchemaField field) => _generated.ContainsKey(field.Name);

    /// <summary>The value of a column that a new row does not say; null if there is none.</summary>
    public string? Default(SchemaField field) => _defaults.GetValueOrDefault(field.Name);

    /// <summary>Rows of the table with what it works out, ending in an error at a row that breaks a rule.</summary>
    /// <param name="rows">A query of all columns.</param>
    /// <param name="schema">The columns.</param>
    public string Apply(string rows, StructType schema)
    {
        if (_rules.Count == 0)
            return rows;
        var generated = schema.Fields.Where(IsGenerated).ToList();
        var computed = generated.Select(field => $", {Computed(field)} AS {Sql.Identifier(Given(field))}");
        var inner = $"SELECT *{string.Concat(computed)} FROM (\n{rows}\n) AS written";
        var broken = string.Concat(
            _rules.Select((rule, index) => $" WHEN ({rule.Condition}) IS NOT TRUE THEN error({Message(rule, index)})")
        );
        var columns = schema.Fields.Select(
            (field, index) =>
            {
                var value = Sql.Identifier(IsGenerated(field) ? Given(field) : field.Name);
                return $"{(index == 0 ? $"CASE{broken} ELSE {value} END" : value)} AS {Sql.Identifier(field.Name)}";
            }
        );
        return $"SELECT {string.Join(", ", columns)} FROM (\n{inner}\n) AS written";
    }

    /// <summary>What the engine's error means, if a row broke a rule.</summary>
    public string? Explain(EngineException error)
    {
        var at = error.Message.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0)
            return null;
        var rest = error.Message[(at + Mark.Length)..];
        var end = rest.IndexOf(':', StringComparison.Ordinal);
        var rule = _rules[int.Parse(rest[..end])];
        return $"a row to be written breaks the {rule.Name}: {rule.Text} is not true of {rest[(end + 1)..].Split('\n')[0].Trim()}; nothing was written.";
    }

    private void Add(Connection connection, TableProtocol protocol, StructType schema, SchemaField field)
    {
        if (protocol.Supports("invariants") && field.Metadata["delta.invariants"]?.ToString() is { } invariant)
            Add(connection, schema, $"invariant of column '{field.Name}'", Expression(invariant));
        if (protocol.Supports("generatedColumns") && field.Metadata["delta.generationExpression"]?.ToString() is { } generation)
        {
            var (sql, columns) = Translate(connection, schema, $"generated column '{field.Name}'", generation);
            _generated[field.Name] = sql;
            var value = Sql.Identifier(field.Name);
            _rules.Add(
                new(
                    $"generated column '{field.Name}'",
                    $"{field.Name} = {generation}",
                    $"{value} IS NULL OR {value} IS NOT DISTINCT FROM {Sql.Identifier(Given(field))}",
                    [field.Name, .. columns]
                )
            );
        }
        if (protocol.Supports("allowColumnDefaults") && field.Metadata["CURRENT_DEFAULT"]?.ToString() is { } initial)
            _defaults[field.Name] = Translate(connection, new([]), $"default of column '{field.Name}'", initial).Sql;
    }

    private void Add(Connection connection, StructType schema, string name, string expression)
    {
        var (sql, columns) = Translate(connection, schema, name, expression);
        _rules.Add(new(name, expression, sql, columns));
    }

    private static (string Sql, IReadOnlyList<string> Columns) Translate(
        Connection connection,
        StructType schema,
        string name,
        string expression
    )
    {
        try
        {
            var translated = SparkSql.ToEngine(connection, expression);
            var columns = schema.Fields.Select(field =>
                $"CAST(NULL AS {TypeMapping.ToEngine(field.Type)}) AS {Sql.Identifier(field.Name)}"
            );
            using var bound = connection.Prepare(
                $"SELECT (\n{translated.Sql}\n) FROM (SELECT {string.Join(", ", columns.DefaultIfEmpty("1"))}) AS written"
            );
            return (
                $"(\n{translated.Sql}\n)",
                [.. translated.Columns.Select(column => schema.Find(column)?.Name).OfType<string>().Distinct()]
            );
        }
        catch (Exception e) when (e is FormatException or EngineException)
        {
            throw new FormatException($"its {name}, {expression}, is none that this version of the hub can keep: {e.Message}", e);
        }
    }

    /// <summary>An invariant is JSON in a text; some writers have the expression itself.</summary>
    private static string Expression(string invariant)
    {
        try
        {
            return (JsonNode.Parse(invariant) as JsonObject)?["expression"]?["expression"]?.ToString() ?? invariant;
        }
        catch (System.Text.Json.JsonException)
        {
            return invariant;
        }
    }

    private string Computed(SchemaField field) => $"CAST({_generated[field.Name]} AS {TypeMapping.ToEngine(field.Type)})";

    private static string Given(SchemaField field) => $"hub generated {field.Name}";

    private static string Message(Rule rule, int index)
    {
        var values = rule.Columns.Select(column =>
            $"{Sql.Literal($"{column} = ")} || coalesce(CAST(written.{Sql.Identifier(column)} AS VARCHAR), 'null')"
        );
        return $"{Sql.Literal($"{Mark}{index}:")} || {string.Join(" || ', ' || ", values.DefaultIfEmpty("'the row'"))}";
    }

    /// <summary>A demand.</summary>
    /// <param name="Name">What it is called.</param>
    /// <param name="Text">What the table says.</param>
    /// <param name="Condition">What must be true, in the engine's SQL.</param>
    /// <param name="Columns">The columns that it is about.</param>
    private sealed record Rule(string Name, string Text, string Condition, IReadOnlyList<string> Columns);
}
