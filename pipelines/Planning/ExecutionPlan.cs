namespace ServerlessHub.Pipelines.Planning;

/// <summary>A statement of a plan.</summary>
/// <param name="Dataset">The dataset it computes.</param>
/// <param name="Sql">The query; what is done with its rows is the runner's and the target's.</param>
public abstract record PlanStatement(Dataset Dataset, string Sql);

/// <summary>Computes a dataset once, into a temporary table under its label, because several statements read it or because its rows' order is needed.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Sql">The query.</param>
/// <param name="Reason">Why it is worth a table.</param>
public sealed record Materialization(Dataset Dataset, string Sql, string Reason) : PlanStatement(Dataset, Sql);

/// <summary>Computes what a target writes.</summary>
/// <param name="Target">The target.</param>
/// <param name="Sql">The query.</param>
public sealed record TargetQuery(BoundTarget Target, string Sql) : PlanStatement(Target.Dataset, Sql);

/// <summary>As few statements as the targets need, in an order in which each comes after those it reads.</summary>
/// <param name="Statements">The statements.</param>
/// <param name="Demands">What is needed of each dataset; a dataset that is missing is not computed.</param>
public sealed record ExecutionPlan(IReadOnlyList<PlanStatement> Statements, IReadOnlyDictionary<Dataset, Demand> Demands)
{
    /// <summary>The datasets that become tables of their own.</summary>
    public IReadOnlySet<Dataset> Tables => Statements.OfType<Materialization>().Select(m => m.Dataset).ToHashSet();

    /// <summary>The names of the sources that are read.</summary>
    public IEnumerable<string> SourcesRead =>
        Demands.Keys.Select(d => d.Operator).OfType<Operators.Scan>().Select(s => s.Source).Distinct();
}
