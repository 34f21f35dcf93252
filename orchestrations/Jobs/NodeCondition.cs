using System.Text.Json;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>The condition of a node, bound: an expression over the job's parameters and what the nodes before it have done.</summary>
public sealed class NodeCondition
{
    private static readonly Column[] Columns =
    [
        new("status", LogicalType.Varchar),
        new("rows_read", LogicalType.BigInt),
        new("rows_written", LogicalType.BigInt),
        new("rejected_rows", LogicalType.BigInt),
        new("seconds", LogicalType.Double),
        new("attempts", LogicalType.Integer),
    ];

    private readonly UserExpression expression;
    private readonly IReadOnlyList<Dataset> inputs;

    private NodeCondition(UserExpression expression, IReadOnlyList<Dataset> inputs) =>
        (this.expression, this.inputs) = (expression, inputs);

    /// <summary>The nodes it may look at.</summary>
    public IEnumerable<string> Nodes => inputs.Select(i => i.Name);

    /// <summary>Binds a node's <c>when</c>; reports and returns null when it does not parse, fit or behave, or asks what cannot be known yet.</summary>
    /// <param name="node">The node; it has a condition.</param>
    /// <param name="nodes">The nodes of the job.</param>
    /// <param name="upstream">Those that have ended when the node begins.</param>
    /// <param name="parameters">The types of the job's parameters.</param>
    /// <param name="binder">What binds expressions.</param>
    /// <param name="findings">Where findings go.</param>
    public static NodeCondition? Bind(
        JobNode node,
        IReadOnlyList<JobNode> nodes,
        IReadOnlySet<string> upstream,
        IReadOnlyDictionary<string, LogicalType> parameters,
        ExpressionBinder binder,
        Diagnostics findings
    )
    {
        var sql = node.When ?? throw new ArgumentException($"'{node.Id}' has no condition.", nameof(node));
        // Of a thousand nodes it can only mean those it names, and those whose columns it may mean without naming them.
        var inputs = nodes
            .Where(n => node.DependsOn.Contains(n.Id) || sql.Value.Contains(n.Id, StringComparison.OrdinalIgnoreCase))
            .Select(n => Dataset.OfRecord(n.Id, Columns, n.Element))
            .ToList();
        var found = new Diagnostics();
        var bound = binder.Bind(sql, inputs, parameters, found);
        Report(found, findings);
        if (bound is null)
            return null;
        if (bound.Type != LogicalType.Boolean)
        {
            findings.Add(
                Rule.TypeMismatch,
                sql.Location,
                $"when must be true or false, but this gives {bound.Type}",
                "compare it with something"
            );
            return null;
        }
        var early = bound.Columns.Select(c => inputs[c.Input].Name).Where(name => !upstream.Contains(name)).Distinct().ToList();
        foreach (var name in early)
            findings.Add(
                Rule.ConditionTooEarly,
                sql.LocationAt(Math.Max(0, sql.Value.IndexOf(name, StringComparison.OrdinalIgnoreCase))),
                name == node.Id
                    ? $"'{name}' cannot look at itself before it runs"
                    : $"'{node.Id}' does not depend on '{name}', so it cannot be known here how '{name}' ends",
                name == node.Id ? null : $"add it to dependsOn, directly or through another node"
            );
        return early.Count > 0 ? null : new NodeCondition(bound, inputs);
    }

    /// <summary>Whether it is true; what cannot be told, since a value is null, is not.</summary>
    /// <param name="outcomes">How the nodes that have ended did so.</param>
    /// <param name="parameters">The job's parameters.</param>
    /// <param name="binder">What bound it.</param>
    /// <exception cref="EngineException">It cannot be computed of these values.</exception>
    public bool IsTrue(IReadOnlyDictionary<string, NodeOutcome> outcomes, ParameterValues parameters, ExpressionBinder binder) =>
        binder.Evaluate(expression, inputs, [.. inputs.Select(i => Row(outcomes.GetValueOrDefault(i.Name)))], parameters) is true;

    private static object?[] Row(NodeOutcome? outcome) =>
        outcome is null
            ? new object?[Columns.Length]
            :
            [
                JsonNamingPolicy.CamelCase.ConvertName(outcome.Status.ToString()),
                outcome.RowsRead,
                outcome.RowsWritten,
                outcome.RejectedRows,
                outcome.Seconds,
                outcome.Attempts,
            ];

    // What a pipeline calls a dataset is a node here.
    private static void Report(Diagnostics found, Diagnostics findings)
    {
        foreach (var f in found)
            if (f.Rule == Rule.UnknownDataset)
                findings.Add(
                    Rule.UnknownNode,
                    f.Location,
                    f.Message.Replace("dataset in scope", "node before this one", StringComparison.Ordinal),
                    f.Hint?.Replace("datasets:", "nodes:", StringComparison.Ordinal)
                );
            else
                findings.Add(f.Rule, f.Location, f.Message.Replace("dataset", "node", StringComparison.Ordinal), f.Hint);
    }
}
