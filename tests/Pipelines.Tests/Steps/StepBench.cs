using System.Globalization;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Masking;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Tests.Steps;

/// <summary>Binds and runs steps over small tables, without files: what the documents' reader, the binder, the compiler and the engine make of them.</summary>
internal sealed class StepBench : IDisposable
{
    public static readonly MaskKeys Keys = MaskKeys.Parse("a key of at least thirty-two bytes");

    private readonly ExpressionBinder binder = new();
    private readonly Database database = Database.Open(new DatabaseOptions { Threads = 2 });
    private readonly Connection connection;
    private readonly Dictionary<string, MemorySource> tables = [];
    private readonly Dictionary<string, MemorySource> references = [];
    private readonly Dictionary<string, (LogicalType Type, object? Value)> parameters = [];
    private IReadOnlyList<Column>? schema;
    private string timeZone = "UTC";

    public StepBench()
    {
        connection = database.Connect();
        connection.Execute("SET TimeZone = 'UTC'");
    }

    /// <summary>A source with the rows that a query gives.</summary>
    public StepBench Table(string name, string sql, RowOrder order = RowOrder.Materialised)
    {
        tables[name] = Create(name, sql, order);
        return this;
    }

    /// <summary>A table that lookups refer to.</summary>
    public StepBench Reference(string name, string sql)
    {
        references[name] = Create(name, sql, RowOrder.Materialised);
        return this;
    }

    public StepBench Parameter(string name, LogicalType type, object? value)
    {
        parameters[name] = (type, value);
        return this;
    }

    public StepBench Schema(params IReadOnlyList<Column> columns)
    {
        schema = columns;
        return this;
    }

    public StepBench InZone(string zone)
    {
        timeZone = zone;
        return this;
    }

    /// <summary>What is found wrong with steps, a line each. A finding at the place marked with « in the steps begins with it; another one, with its place.</summary>
    public string Findings(string steps)
    {
        var mark = steps.IndexOf('«');
        var before = steps[..Math.Max(mark, 0)];
        var place = (Line: 2 + before.Count(c => c == '\n'), Column: before.Length - before.LastIndexOf('\n'));
        var findings = Bind(steps.Replace("«", "")).Findings;
        return string.Join(
            '\n',
            findings.Select(f =>
                $"{((f.Location.Line, f.Location.Column) == place ? "« " : $"{f.Location.Line}:{f.Location.Column} ")}{f.Rule.Id}: {f.Message}{(f.Hint is null ? "" : "; " + f.Hint)}"
            )
        );
    }

    /// <summary>The columns and types that a dataset has after the steps.</summary>
    public string Columns(string steps, string dataset) =>
        string.Join(", ", Bound(steps).Scope.Datasets.Last(d => d.Name == dataset).Columns.Select(c => $"{c.Name} {c.Type}"));

    /// <summary>The rows of a dataset after the steps, as text.</summary>
    public IReadOnlyList<string> Run(string steps, string dataset) =>
        [.. Rows(steps, dataset).Select(r => string.Join("|", r.Select(Text)))];

    /// <summary>The rows of a dataset after the steps.</summary>
    public IReadOnlyList<object?[]> Rows(string steps, string dataset) => RunAll(steps, dataset)[0];

    /// <summary>The rows of several datasets, computed as the targets of one pipeline.</summary>
    public IReadOnlyList<IReadOnlyList<object?[]>> RunAll(string steps, params IReadOnlyList<string> datasets)
    {
        var pipeline = Pipeline(Bound(steps).Scope, datasets);
        var needed = PlanCompiler.NeededSources(pipeline);
        var opened = pipeline.Sources.Where(s => needed.Contains(s.Name)).ToDictionary(s => s.Name, s => ((MemorySource)s.Kind).Open());
        foreach (var function in CronWindows.FunctionsOf(pipeline))
            connection.Register(function);
        foreach (var mask in MaskFunction.Of(pipeline))
            MaskFunctions.Register(connection, mask.Name, mask.Column, mask.Strategy, Keys, mask.Options);
        foreach (var (name, (type, value)) in parameters)
            connection.SetVariable(ParameterText.Variable(name), value, type);
        Plan = PlanCompiler.Compile(pipeline, opened);
        try
        {
            return [.. Plan.Statements.Select(Execute).OfType<IReadOnlyList<object?[]>>()];
        }
        finally
        {
            foreach (var table in Plan.Statements.OfType<Materialization>())
                connection.Execute($"DROP TABLE IF EXISTS {PlanCompiler.TableName(table.Dataset)}");
        }
    }

    private List<object?[]>? Execute(PlanStatement statement)
    {
        if (statement is Materialization)
        {
            connection.Execute($"CREATE TEMP TABLE {PlanCompiler.TableName(statement.Dataset)} AS\n{statement.Sql}");
            return null;
        }
        using var result = connection.Query(statement.Sql);
        return [.. result.Rows()];
    }

    /// <summary>The plan that ran last.</summary>
    public ExecutionPlan? Plan { get; private set; }

    /// <summary>The scope after steps that must be right.</summary>
    public (BindScope Scope, Diagnostics Findings) Bound(string steps)
    {
        var bound = Bind(steps);
        Assert.Empty(bound.Findings.Select(f => f.ToString()));
        return bound;
    }

    public static string Text(object? value) =>
        value switch
        {
            null => "∅",
            bool b => b ? "true" : "false",
            DateOnly d => d.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            DateTime t => t.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
            double d => d.ToString("R", CultureInfo.InvariantCulture),
            object?[] list => $"[{string.Join(", ", list.Select(Text))}]",
            IReadOnlyDictionary<string, object?> s => $"{{{string.Join(", ", s.Select(f => $"{f.Key}: {Text(f.Value)}"))}}}",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

    public void Dispose()
    {
        connection.Dispose();
        database.Dispose();
        binder.Dispose();
    }

    private (BindScope Scope, Diagnostics Findings) Bind(string steps)
    {
        var findings = new Diagnostics();
        var spec = new ElementSpec("steps", "Steps.")
        {
            Children = [.. PipelineLanguage.Steps.Select(s => new ChildSpec(s.Spec, Max: null))],
        };
        var root = DocumentReader.Read($"<steps>\n{steps}\n</steps>", "steps.xml", spec, findings)!;
        var types = parameters.ToDictionary(p => p.Key, p => p.Value.Type);
        BindScope? scope = null;
        scope = new BindScope(
            binder,
            types,
            timeZone,
            Below(root),
            findings,
            (name, _, step) => BringAlong(scope!, name, step),
            _ => schema
        );
        foreach (var (name, table) in tables)
            scope.Bind(name, new Scan(name, table.Columns), root);
        foreach (var step in root.Children)
            scope.BindStep(PipelineLanguage.Steps.First(s => s.Spec == step.Spec), step);
        return (scope, findings);
    }

    private static Dictionary<string, LaterBinding> Below(Element root)
    {
        var below = new Dictionary<string, LaterBinding>();
        foreach (var step in root.Children)
        foreach (var name in PipelineLanguage.Steps.First(s => s.Spec == step.Spec).Binds(step))
            below.TryAdd(name, new LaterBinding(step.Location, Circle: null));
        return below;
    }

    private Dataset BringAlong(BindScope scope, string name, Element step) =>
        scope.Datasets.FirstOrDefault(d => d.Name == name)
        ?? scope.Bind(name, references.TryGetValue(name, out var table) ? new Scan(name, table.Columns) : new UnknownOperator([]), step);

    private BoundPipeline Pipeline(BindScope scope, IReadOnlyList<string> datasets)
    {
        var document = PipelineDocument.Read(
            PipelineSpec.Of([], [], []),
            "<pipeline id='p' version='1' layer='staging'/>",
            "p.xml",
            null,
            []
        )!;
        var sources = scope
            .Datasets.Where(d => d.Operator is Scan)
            .Select(d => new BoundSource(d.Name, tables.GetValueOrDefault(d.Name) ?? references[d.Name], d.Element, d, IsEager: false));
        var targets = datasets.Select(n => new BoundTarget(
            n,
            null!,
            null!,
            scope.Datasets.Last(d => d.Name == n),
            new Dictionary<string, UserExpression>()
        ));
        return new BoundPipeline(
            document,
            parameters.ToDictionary(p => p.Key, p => p.Value.Type),
            [.. sources],
            scope.Datasets,
            [.. targets]
        );
    }

    private MemorySource Create(string name, string sql, RowOrder order)
    {
        connection.Execute($"CREATE OR REPLACE TABLE {Sql.Identifier("memory " + name)} AS {sql}");
        using var statement = connection.Prepare($"FROM {Sql.Identifier("memory " + name)}");
        return new MemorySource("memory " + name, statement.Columns, order);
    }
}

/// <summary>How a source of the bench tells the order of its rows.</summary>
internal enum RowOrder
{
    /// <summary>Not at all: where it matters, they are put into a table first.</summary>
    Materialised,

    /// <summary>By a column that costs nothing.</summary>
    Numbered,
}

/// <summary>A table in the engine's memory as a source.</summary>
internal sealed class MemorySource(string table, IReadOnlyList<Column> columns, RowOrder order) : SourceKind
{
    public IReadOnlyList<Column> Columns => columns;

    public override ElementSpec Spec { get; } = new("memory", "A table in memory.");

    public OpenedSource Open() => new Opened(table, order);

    protected internal override IReadOnlyList<Column>? Describe(Element source, ConnectorContext context) => columns;

    protected internal override OpenedSource Open(Element source, IReadOnlyList<Column> columns, RunContext context) => Open();

    private sealed class Opened(string table, RowOrder order) : OpenedSource
    {
        public override IReadOnlyList<string> OrderColumns => order == RowOrder.Numbered ? ["rowid // 2", "rowid % 2"] : [];

        public override string Relation(IReadOnlyList<Column> columns) => $"{Sql.Identifier(table)} AS s";
    }
}
