using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Running;

/// <summary>A target in a run: opened, staged, committed, with the numbers it wrote watched on their way.</summary>
internal sealed class RunTarget(BoundTarget target, OpenedTarget opened)
{
    private readonly Dictionary<string, (string Function, NumericSummary Summary)> watched = [];

    public BoundTarget Target => target;

    public OpenedTarget Opened => opened;

    /// <summary>Registers the functions through which the numeric columns pass; before the engine is sealed.</summary>
    public void Observe(Connection connection)
    {
        foreach (var column in target.Dataset.Columns.Where(c => NumberWatch.Watches(c.Type)))
        {
            var summary = new NumericSummary(column.Name);
            var function = $"hub_watch_{target.Name}_{watched.Count}";
            NumberWatch.Register(connection, function, column.Type, summary);
            watched[column.Name] = (function, summary);
        }
    }

    /// <summary>Computes and writes aside.</summary>
    public void Stage(Connection connection, string sql, CancellationToken cancellation)
    {
        var columns = target.Dataset.Columns;
        var items = columns.Select(c =>
            watched.TryGetValue(c.Name, out var w)
                ? $"{Sql.Identifier(w.Function)}({Sql.Identifier(c.Name)}) AS {Sql.Identifier(c.Name)}"
                : Sql.Identifier(c.Name)
        );
        opened.Stage(connection, watched.Count == 0 ? sql : $"SELECT {string.Join(", ", items)} FROM (\n{sql}\n)", columns, cancellation);
    }

    /// <summary>Makes it visible, and reports it.</summary>
    public TargetReport Commit(ConnectorContext context)
    {
        var outcome = opened.Commit(CancellationToken.None);
        return new TargetReport(
            target.Name,
            target.Element.Name,
            target.Kind.Place(target.Element, context),
            outcome.Rows,
            outcome.Bytes,
            outcome.Files,
            outcome.Version,
            outcome.AlreadyCommitted,
            outcome.Detail,
            outcome.AlreadyCommitted
                ? []
                : [.. target.Dataset.Columns.Where(c => watched.ContainsKey(c.Name)).Select(c => watched[c.Name].Summary.ToSummary())]
        )
        {
            Warnings = outcome.Warnings,
        };
    }
}
