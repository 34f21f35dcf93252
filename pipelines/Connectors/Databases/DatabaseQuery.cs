using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>A value that a statement takes as <c>:name</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value, as <see cref="ParameterValues"/> has it.</param>
/// <param name="Type">Its type; null where only the database can tell, and the value is null.</param>
internal sealed record QueryParameter(string Name, object? Value, LogicalType? Type);

/// <summary>A query in the database's own SQL.</summary>
/// <param name="Sql">The text; <c>:name</c> stands for a parameter.</param>
/// <param name="Parameters">The values of the parameters that it names.</param>
internal sealed record DatabaseQuery(string Sql, IReadOnlyList<QueryParameter> Parameters)
{
    /// <summary>The parameter that holds how far the last run has read.</summary>
    public const string Watermark = "watermark";

    /// <summary>The query of a source; reports what is wrong with it, and returns null then.</summary>
    /// <param name="source">The source.</param>
    /// <param name="context">The parameters.</param>
    /// <param name="watermark">How far the last run has read; its value is null before there was one.</param>
    /// <param name="quote">Quotes a name as the database does; a table's name part by part.</param>
    public static DatabaseQuery? Of(Element source, ConnectorContext context, QueryParameter? watermark, Func<string, string> quote)
    {
        if (source.Child("table") is { } table)
        {
            var name = string.Join('.', table["name"]!.Split('.').Select(quote));
            var isNewer = watermark?.Value is null ? "" : $" WHERE {quote(source["incremental"]!)} > :{Watermark}";
            return new DatabaseQuery($"SELECT * FROM {name}{isNewer}", isNewer.Length == 0 ? [] : [watermark!]);
        }
        var sql = source.Child("sql")!;
        var names = SqlParameters.Find(sql.Text).Select(p => p.Name).Distinct().ToArray();
        foreach (var unknown in names.Where(n => Find(n) is null))
            context.Findings.Add(
                Rule.UnknownParameter,
                sql.TextLocation,
                $"unknown parameter ':{unknown}'",
                unknown == Watermark
                    ? "name the column it goes by: incremental=\"…\""
                    : NearestName.Hint(unknown, context.Values.Types.Keys) ?? "declare it in <parameters>"
            );
        var found = names.Select(Find).OfType<QueryParameter>().ToArray();
        return found.Length < names.Length ? null : new DatabaseQuery(sql.Text.TrimEnd(';', ' ', '\n', '\r', '\t'), found);

        QueryParameter? Find(string name) =>
            name == Watermark && watermark is not null ? watermark
            : context.Values.Types.TryGetValue(name, out var type) ? new QueryParameter(name, context.Values[name], type)
            : null;
    }
}
