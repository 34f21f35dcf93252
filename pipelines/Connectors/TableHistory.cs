using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>How a table that keeps the history of its rows tells from when to when each held: <c>mode="scd2"</c>.</summary>
internal static class TableHistory
{
    public const string Mode = "scd2";
    private static readonly HistoryColumns Names = new();

    /// <summary>The columns that the table has beside those of the rows.</summary>
    public static IReadOnlyList<TableColumn> Columns { get; } =
    [new(Names.ValidFrom, LogicalType.TimestampTz), new(Names.ValidTo, LogicalType.TimestampTz), new(Names.IsCurrent, LogicalType.Boolean)];

    /// <summary>Reports what does not go together.</summary>
    public static void Check(Element target, IReadOnlyList<Column> columns, Diagnostics findings)
    {
        var at = target.LocationOf("mode");
        foreach (var taken in columns.Where(column => Columns.Any(own => Same(own.Name, column.Name))))
            findings.Add(
                Rule.ConflictingAttributes,
                at,
                $"the column '{taken.Name}' is the table's own, which says when a row held",
                "rename it, or leave it out with <select>"
            );
        if (Tracked(target, columns).Count == 0)
            findings.Add(Rule.ConflictingAttributes, at, "there is no column beside the keys whose history could be kept");
        var since = target.Names("since");
        if (since.Count > 1)
            findings.Add(Rule.BadValue, target.LocationOf("since"), "a row holds from one time on, so name one column");
        foreach (
            var column in columns.Where(column =>
                since.Any(name => Same(name, column.Name))
                && column.Type.Kind
                    is not (TypeKind.Date or TypeKind.Timestamp or TypeKind.TimestampS or TypeKind.TimestampMs or TypeKind.TimestampTz)
            )
        )
            findings.Add(
                Rule.TypeMismatch,
                target.LocationOf("since"),
                $"the column '{column.Name}' is {column.Type}, not a time",
                "convert it with <derive>"
            );
    }

    /// <summary>What the write is to do.</summary>
    /// <param name="target">The target.</param>
    /// <param name="columns">The columns of the dataset.</param>
    /// <param name="context">Knows when the run began, from when on rows hold that do not say it.</param>
    public static HistoryColumns Options(Element target, IReadOnlyList<Column> columns, RunContext context)
    {
        var since = target.Names("since") is [var column] ? Sql.Identifier(column) : Sql.Literal(context.Values.RunTime.ToString("O"));
        return Names with { Tracked = Tracked(target, columns), Since = $"CAST({since} AS TIMESTAMPTZ)" };
    }

    /// <summary>What a row is found by, and when it changed, is no change of it.</summary>
    private static List<string> Tracked(Element target, IReadOnlyList<Column> columns)
    {
        var others = target.Names("keys").Concat(target.Names("since")).ToList();
        return [.. columns.Select(column => column.Name).Where(name => !others.Exists(other => Same(other, name)))];
    }

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
