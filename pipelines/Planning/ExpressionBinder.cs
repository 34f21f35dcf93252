using System.Text.Json;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>
/// Parses and binds what users write in SQL, on an engine that is sealed and holds no data: an unknown column, a type that does not fit and an
/// attempt to reach a file are found before anything runs. Not safe for use by several threads at once.
/// </summary>
public sealed class ExpressionBinder : IDisposable
{
    private const string Prefix = "SELECT (\n";
    private readonly EngineOnDemand engine = new(isSealed: true);
    private Statement? serialize;

    /// <summary>Binds an expression over datasets known by their names; reports and returns null when it does not parse, fit, or behave.</summary>
    public UserExpression? Bind(
        SourceText sql,
        IReadOnlyList<Dataset> inputs,
        IReadOnlyDictionary<string, LogicalType> parameters,
        Diagnostics findings
    )
    {
        var text = ParameterText.Replace(sql, parameters, findings);
        if (text is null)
            return null;
        var tree = Parse($"{Prefix}{text.Sql}\n) AS value", text, Prefix.Length, findings);
        if (tree is null || !SqlTree.IsHarmlessExpression(tree.Value, text, Prefix.Length, findings))
            return null;
        if (inputs.Any(i => !i.IsKnown))
            return null;
        var references = SqlTree.ColumnReferences(tree.Value, inputs);
        try
        {
            using var statement = engine.Connection.Prepare($"{Prefix}{text.Sql}\n) AS value{From(inputs)}");
            return IsOfOneRow(text, inputs, findings)
                ? new UserExpression(text.Sql, references, statement.Columns[0].Type)
                {
                    Equalities = SqlTree.Equalities(tree.Value, inputs),
                }
                : null;
        }
        catch (EngineException e)
        {
            Report(e, text, Prefix.Length, inputs, findings);
            return null;
        }
    }

    /// <summary>Whether an expression that binds works on one row: what does not, the engine refuses in a WHERE clause.</summary>
    private bool IsOfOneRow(ParameterText text, IReadOnlyList<Dataset> inputs, Diagnostics findings)
    {
        try
        {
            using var statement = engine.Connection.Prepare($"SELECT 1{From(inputs)} WHERE (\n{text.Sql}\n) IS NULL");
            return true;
        }
        catch (EngineException)
        {
            findings.Add(
                Rule.UnboundExpression,
                text.Locate(0),
                "an expression works on one row, but this aggregates, numbers or multiplies rows",
                "use <aggregate>, or a <sql> step"
            );
            return false;
        }
    }

    /// <summary>The type that an expression over datasets gives, or why it gives none.</summary>
    public (LogicalType? Type, string? Reason) TypeOf(string sql, IReadOnlyList<Dataset> inputs)
    {
        try
        {
            using var statement = engine.Connection.Prepare($"SELECT {sql}{From(inputs)}");
            return (statement.Columns[0].Type, null);
        }
        catch (EngineException e)
        {
            return (null, EngineMessage.FirstLine(e));
        }
    }

    /// <summary>The value of a bound expression over one row of each dataset it was bound over.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="inputs">The datasets, as they were given to <see cref="Bind"/>.</param>
    /// <param name="rows">A row of each, with a value for each column; one <see cref="Sql.Literal(object?)"/> takes.</param>
    /// <param name="parameters">The parameters' values.</param>
    /// <exception cref="EngineException">It cannot be computed of these values.</exception>
    public object? Evaluate(
        UserExpression expression,
        IReadOnlyList<Dataset> inputs,
        IReadOnlyList<IReadOnlyList<object?>> rows,
        ParameterValues parameters
    )
    {
        foreach (var (name, type) in parameters.Types)
            engine.Connection.SetVariable(ParameterText.Variable(name), parameters[name], type);
        var records = inputs.Select((d, i) => Record(d, rows[i]));
        using var result = engine.Connection.Query(
            $"{Prefix}{expression.Sql}\n) AS value{(inputs.Count == 0 ? "" : " FROM " + string.Join(", ", records))}"
        );
        return result.Rows().Single()[0];
    }

    /// <summary>Whether a text is a value of a type.</summary>
    public bool IsValue(string text, LogicalType type)
    {
        try
        {
            using var result = engine.Connection.Query($"SELECT CAST({Sql.Literal(text)} AS {type})");
            return result.MoveNextChunk();
        }
        catch (EngineException)
        {
            return false;
        }
    }

    /// <summary>
    /// Binds a <c>SELECT</c> over named datasets; reports and returns null when it is not exactly one, reads something else, or does not fit.
    /// </summary>
    public Operators.Query? BindQuery(
        SourceText sql,
        IReadOnlyList<Dataset> inputs,
        IReadOnlyDictionary<string, LogicalType> parameters,
        Diagnostics findings
    )
    {
        var text = ParameterText.Replace(sql, parameters, findings);
        if (text is null || Parse(text.Sql, text, 0, findings) is not { } tree)
            return null;
        if (!SqlTree.IsHarmlessQuery(tree, text, [.. inputs.Select(i => i.Name)], findings) || inputs.Any(i => !i.IsKnown))
            return null;
        var prefix = string.Concat(
            inputs.Select((d, i) => (i == 0 ? "WITH " : ", ") + $"{Sql.Identifier(d.Name)} AS (SELECT * FROM {TypedNulls(d)})")
        );
        prefix += "\nSELECT * FROM (\n";
        try
        {
            using var statement = engine.Connection.Prepare($"{prefix}{text.Sql}\n)");
            var lineage = QueryLineage.Of(tree, inputs, statement.Columns);
            return new Operators.Query(
                inputs,
                [.. inputs.Select(i => i.Name)],
                text.Sql,
                statement.Columns,
                lineage.Columns,
                lineage.Read,
                SqlTree.HasOrderBy(tree)
            );
        }
        catch (EngineException e)
        {
            Report(e, text, prefix.Length, inputs, findings);
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        serialize?.Dispose();
        engine.Dispose();
    }

    private JsonElement? Parse(string sql, ParameterText text, int offset, Diagnostics findings)
    {
        serialize ??= engine.Connection.Prepare("SELECT json_serialize_sql($1::VARCHAR)");
        serialize.Bind(1, sql);
        using var result = serialize.Query();
        var tree = JsonDocument.Parse(result.Scalar<string>()!).RootElement;
        if (!tree.GetProperty("error").GetBoolean())
            return tree;
        var position = tree.TryGetProperty("position", out var p) && int.TryParse(p.GetString(), out var n) ? n - offset : 0;
        var message =
            position >= text.Sql.Length ? "it ends too early" : EngineMessage.Plain(tree.GetProperty("error_message").GetString()!);
        findings.Add(Rule.BadExpression, text.Locate(position), $"the SQL does not parse: {message}");
        return null;
    }

    private static void Report(EngineException e, ParameterText text, int offset, IReadOnlyList<Dataset> inputs, Diagnostics findings)
    {
        var at = text.Locate((e.Position ?? offset) - offset);
        if (EngineMessage.MissingColumn(e) is { } column)
            findings.Add(
                Rule.UnknownColumn,
                at,
                $"no column '{column}' in {string.Join(" or ", inputs.Select(i => $"'{i.Name}'"))}",
                NearestName.Hint(column, inputs.SelectMany(i => i.Columns).Select(c => c.Name))
                    ?? BindScope.Known("columns", inputs.SelectMany(i => i.Columns).Select(c => c.Name).Distinct())
            );
        else if (EngineMessage.AmbiguousColumn(e) is { } shared)
            findings.Add(
                Rule.AmbiguousName,
                at,
                $"column '{shared}' is in more than one dataset",
                $"write {string.Join(" or ", inputs.Where(i => i.Find(shared) is not null).Select(i => $"{i.Name}.{shared}"))}"
            );
        else if (EngineMessage.MissingTable(e) is { } table)
            findings.Add(
                Rule.UnknownDataset,
                at,
                $"'{table}' is no dataset in scope",
                NearestName.Hint(table, inputs.Select(i => i.Name)) ?? BindScope.Known("datasets", inputs.Select(i => i.Name))
            );
        else
            findings.Add(Rule.UnboundExpression, at, EngineMessage.FirstLine(e));
    }

    // What sees no dataset may still compare parameters.
    private static string From(IReadOnlyList<Dataset> inputs) =>
        inputs.Count == 0 ? "" : " FROM " + string.Join(", ", inputs.Select(TypedNulls));

    private static string TypedNulls(Dataset dataset) => Record(dataset, [.. dataset.Columns.Select(_ => (object?)null)]);

    private static string Record(Dataset dataset, IReadOnlyList<object?> row) =>
        $"(SELECT {string.Join(", ", dataset.Columns.Select((c, i) => $"{Sql.Literal(row[i])}::{c.Type} AS {Sql.Identifier(c.Name)}"))}) AS {Sql.Identifier(dataset.Name)}";
}
