using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning.Operators;
using ServerlessHub.Pipelines.Steps;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>
/// What a step sees while it is bound: the datasets named so far, the parameters, and the list that findings go to. A name means its latest
/// binding above.
/// </summary>
public sealed class BindScope
{
    private readonly Dictionary<string, Dataset> current = [];
    private readonly List<Dataset> datasets = [];
    private readonly IReadOnlyDictionary<string, LaterBinding> boundBelow;
    private readonly Func<string, SourceKind, Element, Dataset> bringAlong;
    private readonly Func<Element, IReadOnlyList<Column>?> schema;

    internal BindScope(
        ExpressionBinder binder,
        IReadOnlyDictionary<string, LogicalType> parameters,
        string timeZone,
        IReadOnlyDictionary<string, LaterBinding> boundBelow,
        Diagnostics findings,
        Func<string, SourceKind, Element, Dataset> bringAlong,
        Func<Element, IReadOnlyList<Column>?> schema
    )
    {
        this.schema = schema;
        this.bringAlong = bringAlong;
        Binder = binder;
        Parameters = parameters;
        TimeZone = timeZone;
        this.boundBelow = boundBelow;
        Findings = findings;
    }

    /// <summary>A scope without datasets or parameters, for elements that are bound to a record each.</summary>
    internal static BindScope OfRecords(ExpressionBinder binder, string timeZone, Diagnostics findings) =>
        new(
            binder,
            new Dictionary<string, LogicalType>(),
            timeZone,
            new Dictionary<string, LaterBinding>(),
            findings,
            (name, _, _) => throw new NotSupportedException($"No step that could bring '{name}' along is bound here."),
            _ => null
        );

    /// <summary>Where findings go.</summary>
    public Diagnostics Findings { get; }

    /// <summary>The parameters by name, with their types.</summary>
    public IReadOnlyDictionary<string, LogicalType> Parameters { get; }

    /// <summary>The time zone of the pipeline, by its IANA name.</summary>
    public string TimeZone { get; }

    /// <summary>All bindings so far, in order.</summary>
    public IReadOnlyList<Dataset> Datasets => datasets;

    /// <summary>The dataset bound last, or null when there is none.</summary>
    public Dataset? Last => datasets.Count > 0 ? datasets[^1] : null;

    internal ExpressionBinder Binder { get; }

    /// <summary>The dataset that an attribute names; reports and returns null when there is none.</summary>
    public Dataset? Dataset(Element element, string attribute) =>
        element[attribute] is { } name ? Dataset(name, element.LocationOf(attribute)) : null;

    /// <summary>The datasets that a list attribute names; reports those that are not there and leaves them out.</summary>
    public IReadOnlyList<Dataset> DatasetList(Element element, string attribute) =>
        [.. Located(element, attribute).Select(n => Dataset(n.Name, n.At)).OfType<Dataset>()];

    /// <summary>The dataset of this name; reports and returns null when there is none.</summary>
    public Dataset? Dataset(string name, SourceLocation at)
    {
        if (current.TryGetValue(name, out var dataset))
            return dataset;
        if (boundBelow.TryGetValue(name, out var below) && below.Circle is { } circle)
            Findings.Add(
                Rule.DatasetBoundLater,
                at,
                $"dataset '{name}' needs itself: {circle}",
                "a pipeline goes one way: let one of these steps read something else"
            );
        else if (below is not null)
            Findings.Add(
                Rule.DatasetBoundLater,
                at,
                $"dataset '{name}' is only bound further down, in line {below.Location.Line}",
                "move the step that binds it above this one"
            );
        else
            Findings.Add(
                Rule.UnknownDataset,
                at,
                $"unknown dataset '{name}'",
                NearestName.Hint(name, current.Keys) ?? Known("datasets", current.Keys)
            );
        return null;
    }

    /// <summary>The column that a name means in a dataset; reports and returns null when there is none.</summary>
    public Column? Column(Dataset dataset, string name, SourceLocation at)
    {
        var column = dataset.Find(name);
        if (column is null && dataset.IsKnown)
            Findings.Add(
                Rule.UnknownColumn,
                at,
                $"dataset '{dataset.Name}' has no column '{name}'",
                NearestName.Hint(name, dataset.Columns.Select(c => c.Name)) ?? Known("columns", dataset.Columns.Select(c => c.Name))
            );
        return column;
    }

    /// <summary>The columns that a list attribute names; reports those that are not there and leaves them out.</summary>
    public IReadOnlyList<Column> Columns(Dataset dataset, Element element, string attribute) =>
        [.. Located(element, attribute).Select(n => Column(dataset, n.Name, n.At)).OfType<Column>()];

    /// <summary>The names in a list attribute, each with its own place.</summary>
    private static IEnumerable<(string Name, SourceLocation At)> Located(Element element, string attribute) =>
        element.Source(attribute) is { } text
            ? NameList.Located(text.Value).Select(p => (NameList.Unquote(p.Text), text.LocationAt(p.Offset)))
            : [];

    /// <summary>Binds an expression a user wrote over datasets by their names; reports and returns null when it does not parse, fit, or behave.</summary>
    /// <param name="sql">The text.</param>
    /// <param name="inputs">The datasets in scope, in the order of the operator's inputs.</param>
    public UserExpression? Expression(SourceText sql, params IReadOnlyList<Dataset> inputs) =>
        Binder.Bind(sql, inputs, Parameters, Findings);

    /// <summary>As <see cref="Expression"/>, for a condition: what it gives must be true or false.</summary>
    public UserExpression? Condition(SourceText sql, params IReadOnlyList<Dataset> inputs)
    {
        var bound = Expression(sql, inputs);
        if (bound is null || bound.Type == LogicalType.Boolean)
            return bound;
        Findings.Add(
            Rule.TypeMismatch,
            sql.Location,
            $"a condition must be true or false, but this gives {bound.Type}",
            "compare it with something"
        );
        return null;
    }

    /// <summary>Binds a <c>SELECT</c> a user wrote over datasets by their names; reports and returns null when it does not parse, fit, or behave.</summary>
    public Query? Query(SourceText sql, IReadOnlyList<Dataset> inputs) => Binder.BindQuery(sql, inputs, Parameters, Findings);

    /// <summary>Whether a text is a value of a type.</summary>
    public bool IsValue(string text, LogicalType type) => Binder.IsValue(text, type);

    /// <summary>The type that an SQL text over one dataset gives, for texts the hub composes; null when it does not fit, with the reason.</summary>
    public (LogicalType? Type, string? Reason) TypeOf(string sql, Dataset dataset) => Binder.TypeOf(sql, [dataset]);

    /// <summary>
    /// Binds a result. With an <c>id</c> it is a new dataset, whose name must be free; without, it rebinds the dataset it was made from.
    /// </summary>
    public Dataset? Define(Element element, Dataset rebinds, Operator @operator) =>
        element["id"] is { } id ? DefineNew(id, element.LocationOf("id"), @operator, element) : Bind(rebinds.Name, @operator, element);

    /// <summary>Binds a new name, which must be free.</summary>
    public Dataset? DefineNew(string name, SourceLocation at, Operator @operator, Element element)
    {
        // The engine compares names without regard to case, so two that differ only in case cannot be told apart.
        if (current.Values.FirstOrDefault(d => d.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is not { } earlier)
            return Bind(name, @operator, element);
        Findings.Add(
            Rule.DuplicateName,
            at,
            $"dataset '{earlier.Name}' is already bound in line {earlier.Element.Location.Line}",
            "choose another id, or leave the id out to rebind the dataset"
        );
        return null;
    }

    /// <summary>The dataset of a source that a step brings along, such as a lookup's reference; several steps that bring the same share it.</summary>
    public Dataset BringAlong(string name, SourceKind kind, Element step) => bringAlong(name, kind, step);

    /// <summary>The columns that the <c>schemaRef</c> of an element declares; reports and returns null when it cannot be read.</summary>
    public IReadOnlyList<Column>? Schema(Element element) => schema(element);

    /// <summary>
    /// Binds a step. One that cannot be bound still binds its names, so that what follows is checked as far as it can be and not blamed for it.
    /// </summary>
    internal void BindStep(StepKind kind, Element step)
    {
        var before = datasets.Count;
        Dataset[] inputs = [.. LaterBinding.NamesRead(step).Select(n => datasets.LastOrDefault(d => d.Name == n)).OfType<Dataset>()];
        if (step.IsSound && inputs.All(i => i.IsKnown))
            kind.Bind(step, this);
        var bound = datasets.Skip(before).Select(d => d.Name).ToHashSet();
        var result = kind.KeepsColumns && inputs is [{ IsKnown: true } only] ? only.Operator : new UnknownOperator(inputs);
        foreach (var name in kind.Binds(step).Where(n => !bound.Contains(n)))
            Bind(name, result, step);
    }

    internal Dataset Bind(string name, Operator @operator, Element element)
    {
        CheckNames(name, @operator, element);
        var binding = current.TryGetValue(name, out var before) ? before.Binding + 1 : 1;
        var dataset = new Dataset(name, binding, @operator, element);
        datasets.Add(dataset);
        current[name] = dataset;
        return dataset;
    }

    internal static string? Known(string what, IEnumerable<string> names)
    {
        var list = names.Take(12).ToArray();
        return list.Length == 0 ? null : $"{what} here: {string.Join(", ", list)}{(names.Skip(12).Any() ? ", …" : "")}";
    }

    private void CheckNames(string name, Operator @operator, Element element)
    {
        // The engine compares names without regard to case, so names that differ only in case cannot live in one dataset.
        foreach (var twice in @operator.Columns.GroupBy(c => c.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
            Findings.Add(
                Rule.DuplicateColumn,
                element.Location,
                $"dataset '{name}' would have the column '{twice.Key}' {twice.Count()} times",
                "rename or leave out one of them before this step"
            );
    }
}
