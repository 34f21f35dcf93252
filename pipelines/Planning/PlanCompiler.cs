using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>
/// Compiles a bound pipeline to SQL: one statement a target, in which each dataset is a named subquery, so that the engine optimises across
/// all steps. A dataset becomes a table of its own only where that saves work or keeps the order of rows.
/// </summary>
public sealed class PlanCompiler
{
    private readonly BoundPipeline pipeline;
    private readonly IReadOnlyDictionary<string, OpenedSource> opened;
    private readonly IReadOnlyDictionary<Dataset, Demand> demands;
    private readonly Dictionary<Dataset, string> materialized;
    private readonly DuckDbDialect dialect;
    private readonly Dictionary<Dataset, string> selects = [];

    private PlanCompiler(BoundPipeline pipeline, IReadOnlyDictionary<string, OpenedSource> opened)
    {
        this.pipeline = pipeline;
        this.opened = opened;
        demands = Demand.Of(pipeline);
        dialect = new DuckDbDialect(opened, demands);
        materialized = ChooseTables();
    }

    /// <summary>Compiles a pipeline.</summary>
    /// <param name="pipeline">The pipeline; all its datasets are known.</param>
    /// <param name="opened">The sources that its targets need, by name.</param>
    public static ExecutionPlan Compile(BoundPipeline pipeline, IReadOnlyDictionary<string, OpenedSource> opened) =>
        new PlanCompiler(pipeline, opened).Compile();

    /// <summary>The names of the sources that the targets of a pipeline need: those to open before compiling.</summary>
    public static IReadOnlySet<string> NeededSources(BoundPipeline pipeline) =>
        Demand.Of(pipeline).Keys.Select(d => d.Operator).OfType<Scan>().Select(s => s.Source).ToHashSet();

    private ExecutionPlan Compile()
    {
        var statements = new List<PlanStatement>();
        foreach (var dataset in pipeline.Datasets.Where(demands.ContainsKey))
        {
            selects[dataset] = dialect.Select(dataset);
            if (!materialized.TryGetValue(dataset, out var reason))
                continue;
            statements.Add(new Materialization(dataset, Statement(dataset, selects[dataset]), reason));
            if (demands[dataset].Ordered && dialect.OrderOf(dataset).Count == 0)
                dialect.OrderByRowNumber(dataset);
        }
        statements.AddRange(pipeline.Targets.Select(t => new TargetQuery(t, TargetSql(t.Dataset))));
        return new ExecutionPlan(statements, demands);
    }

    private string TargetSql(Dataset dataset)
    {
        var columns = string.Join(", ", dataset.Columns.Select(c => Sql.Identifier(c.Name)));
        var order = dataset.Operator.IsSorted ? string.Join(", ", dialect.OrderOf(dataset).Select(k => k.Term())) : "";
        return Statement(
            dataset,
            $"SELECT {columns} FROM {Sql.Identifier(dataset.Label)}{(order.Length > 0 ? "\nORDER BY " + order : "")}",
            itself: true
        );
    }

    /// <summary>A query preceded by the named subqueries it reads, down to sources and tables.</summary>
    private string Statement(Dataset dataset, string select, bool itself = false)
    {
        var read = new List<Dataset>();
        var readers = new Dictionary<Dataset, int>();
        if (itself)
            Visit(dataset);
        else
            foreach (var input in dataset.Operator.Inputs)
                Visit(input);
        var parts = pipeline.Datasets.Where(read.Contains).Select(d => $"{Sql.Identifier(d.Label)} AS {Hint(d)}(\n{Body(d)}\n)");
        var with = string.Join(",\n", parts);
        return with.Length == 0 ? select : $"WITH {with}\n{select}";

        void Visit(Dataset d)
        {
            readers[d] = readers.GetValueOrDefault(d) + 1;
            if (readers[d] > 1)
                return;
            read.Add(d);
            if (!materialized.ContainsKey(d))
                foreach (var input in d.Operator.Inputs)
                    Visit(input);
        }

        // The engine keeps a named subquery's rows aside unless told that it is read once.
        string Hint(Dataset d) => readers[d] == 1 || materialized.ContainsKey(d) ? "NOT MATERIALIZED " : "";
    }

    private string Body(Dataset dataset)
    {
        if (!materialized.ContainsKey(dataset))
            return selects[dataset];
        var order = dialect.OrderOf(dataset);
        var rows = dialect.IsOrderedByRowNumber(dataset) ? $"rowid AS {Sql.Identifier(order[0].Column)}" : null;
        var hidden = rows is null ? order.Select(k => Sql.Identifier(k.Column)) : [rows];
        return $"SELECT {string.Join(", ", dialect.Wanted(dataset).Select(c => Sql.Identifier(c.Name)).Concat(hidden))} FROM {TableName(dataset)}";
    }

    /// <summary>The temporary table of a materialised dataset.</summary>
    public static string TableName(Dataset dataset) => "temp." + Sql.Identifier("table " + dataset.Label);

    /// <summary>The temporary table of a source that is materialised.</summary>
    public static string TableName(string source) => "temp." + Sql.Identifier($"table {source}@1");

    private Dictionary<Dataset, string> ChooseTables()
    {
        var eager = pipeline.Sources.Where(s => s.IsEager).Select(s => s.Dataset).ToHashSet();
        var chosen = new Dictionary<Dataset, string>();
        var statements = new Dictionary<Dataset, HashSet<object>>();
        foreach (var target in pipeline.Targets)
            StatementsOf(target.Dataset).Add(target);
        foreach (var dataset in pipeline.Datasets.Reverse().Where(demands.ContainsKey))
        {
            var reading = StatementsOf(dataset);
            var source = dataset.Operator is Scan scan ? opened[scan.Source] : null;
            if (eager.Contains(dataset))
                chosen[dataset] = "its loadPolicy is eager";
            else if (source is not null && demands[dataset].Ordered && source.OrderColumns.Count == 0)
                chosen[dataset] = "the order of its rows matters";
            else if (source?.KeptColumn is { } kept)
                chosen[dataset] = $"the highest value of {kept} is kept for the next run";
            else if (source is { IsSinglePass: true } && demands[dataset].Readers > 1)
                chosen[dataset] = "it can be read only once";
            else if (reading.Count > 1 && !IsCheap(dataset))
                chosen[dataset] = $"{reading.Count} statements read it";
            foreach (var input in dataset.Operator.Inputs)
                StatementsOf(input).UnionWith(chosen.ContainsKey(dataset) ? [dataset] : reading);
        }
        return chosen;

        HashSet<object> StatementsOf(Dataset dataset)
        {
            if (!statements.TryGetValue(dataset, out var set))
                statements[dataset] = set = [];
            return set;
        }
    }

    /// <summary>Whether computing it twice costs little more than keeping it: rows of a columnar file passed on one by one.</summary>
    private bool IsCheap(Dataset dataset) =>
        dataset.Operator switch
        {
            Scan scan => opened[scan.Source].IsCheapToReread,
            Filter filter => IsCheap(filter.Input),
            Project project => project.Items.All(i => i.Value is ColumnExpression or FieldExpression or LiteralExpression)
                && IsCheap(project.Input),
            _ => false,
        };
}
