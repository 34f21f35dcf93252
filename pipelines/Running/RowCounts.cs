using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Running;

/// <summary>
/// The rows of each dataset, from what the engine's own operators counted. The optimiser moves and merges steps; an operator is taken for a
/// dataset's only where its kind and the tables below it leave no doubt, and a dataset without one has no count.
/// </summary>
internal sealed class RowCounts(IReadOnlyDictionary<string, OpenedSource> opened)
{
    private readonly Dictionary<Dataset, long> rows = [];

    /// <summary>The rows a dataset gave, or null.</summary>
    public long? Out(Dataset dataset) => rows.TryGetValue(dataset, out var count) ? count : null;

    /// <summary>The rows a dataset took in, over all its inputs, or null.</summary>
    public long? In(Dataset dataset) => dataset.Operator.Inputs.Aggregate((long?)0, (sum, input) => sum + Out(input));

    /// <summary>Takes what a target says it was given.</summary>
    public void Take(Dataset dataset, long written) => rows.TryAdd(dataset, written);

    /// <summary>Takes the counts of a statement that has run.</summary>
    public void Take(ProfileNode? profile, PlanStatement statement, IReadOnlySet<Dataset> tables)
    {
        if (profile is null)
            return;
        var datasets = Inlined(statement, tables);
        var operators = Operators(profile).ToArray();
        // A target may ask the engine more after it has written; then the profile is not of the statement that computed the rows.
        if (statement is TargetQuery && !operators.Any(o => o.Type.Contains("COPY", StringComparison.Ordinal)))
            return;
        var leaves = Leaves(operators, datasets, tables);
        rows.TryAdd(statement.Dataset, ResultRows(profile));
        foreach (var (op, dataset) in leaves)
            rows.TryAdd(dataset, op.Rows);
        foreach (var kind in datasets.GroupBy(d => (Kind: KindOf(d), Below: Key(LeavesOf(d, tables)))).Where(g => g.Key.Kind.Length > 0))
            Match([.. kind.Reverse()], [.. operators.Where(o => KindOf(o) == kind.Key.Kind && Key(LeavesOf(o, leaves)) == kind.Key.Below)]);
        foreach (var dataset in datasets)
            if (KeepsCount(dataset.Operator) && Out(dataset.Operator.Inputs[0]) is { } same)
                rows.TryAdd(dataset, same);
        foreach (var dataset in datasets.AsEnumerable().Reverse())
            if (KeepsCount(dataset.Operator) && Out(dataset) is { } same)
                rows.TryAdd(dataset.Operator.Inputs[0], same);
    }

    private void Match(IReadOnlyList<Dataset> datasets, IReadOnlyList<ProfileNode> operators)
    {
        if (datasets.Count != operators.Count)
            return;
        for (var i = 0; i < datasets.Count; i++)
            rows.TryAdd(datasets[i], operators[i].Rows);
    }

    /// <summary>Whether each row that comes in goes out, so that one count serves both.</summary>
    private static bool KeepsCount(Operator @operator) => @operator is Project or Sort or Lookup { Inner: false };

    /// <summary>The datasets that a statement computes itself, each after those it reads.</summary>
    private static List<Dataset> Inlined(PlanStatement statement, IReadOnlySet<Dataset> tables)
    {
        var found = new List<Dataset>();
        Visit(statement.Dataset);
        return found;

        void Visit(Dataset dataset)
        {
            if (found.Contains(dataset) || (tables.Contains(dataset) && !(statement is Materialization && dataset == statement.Dataset)))
                return;
            foreach (var input in dataset.Operator.Inputs)
                Visit(input);
            found.Add(dataset);
        }
    }

    private static string KindOf(Dataset dataset) =>
        dataset.Operator switch
        {
            Filter => "FILTER",
            Join => "JOIN",
            Aggregate or Deduplicate => "GROUP",
            Union { Distinct: false } => "UNION",
            _ => "",
        };

    private static string KindOf(ProfileNode node) =>
        node.Type switch
        {
            "FILTER" => "FILTER",
            "UNION" => "UNION",
            var t when t.EndsWith("JOIN", StringComparison.Ordinal) => "JOIN",
            var t when t.EndsWith("GROUP_BY", StringComparison.Ordinal) || t == "UNGROUPED_AGGREGATE" => "GROUP",
            _ => "",
        };

    private static IEnumerable<ProfileNode> Operators(ProfileNode node) => node.Children.SelectMany(Operators).Prepend(node);

    /// <summary>The rows of a statement's result: those of the first operator below the ones that only put it away.</summary>
    private static long ResultRows(ProfileNode node)
    {
        while (
            node.Type is "" or "COPY_TO_FILE" or "BATCH_COPY_TO_FILE" or "CREATE_TABLE_AS" or "BATCH_CREATE_TABLE_AS" or "RESULT_COLLECTOR"
            && node.Children.Count == 1
        )
            node = node.Children[0];
        return node.Rows;
    }

    private Dictionary<ProfileNode, Dataset> Leaves(
        IEnumerable<ProfileNode> operators,
        IReadOnlyList<Dataset> datasets,
        IReadOnlySet<Dataset> tables
    )
    {
        var candidates = datasets
            .SelectMany(d => d.Operator.Inputs.Where(tables.Contains))
            .Concat(datasets.Where(d => d.Operator is Scan))
            .Distinct()
            .ToList();
        var leaves = new Dictionary<ProfileNode, Dataset>(ReferenceEqualityComparer.Instance);
        var scans = operators.Where(o => o.Children.Count == 0 && o.Type.EndsWith("SCAN", StringComparison.Ordinal)).ToArray();
        foreach (var scan in scans)
            if (candidates.Find(c => IsScanOf(scan, c, tables)) is { } dataset)
                leaves[scan] = dataset;
        if (scans.Length == 1 && candidates.Count == 1)
            leaves[scans[0]] = candidates[0];
        return leaves;
    }

    private bool IsScanOf(ProfileNode scan, Dataset dataset, IReadOnlySet<Dataset> tables)
    {
        if (tables.Contains(dataset))
            return scan.Details.GetValueOrDefault("Table", "").Contains(dataset.Label, StringComparison.Ordinal);
        var source = opened[((Scan)dataset.Operator).Source];
        var files = scan.Details.GetValueOrDefault("Filename(s)", "");
        return files.Length > 0
            ? source.ReadPaths.Any(p => files.Contains(Path.GetFileName(p), StringComparison.Ordinal))
            : source.FunctionName is { } function && scan.Name.Equals(function, StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<Dataset> LeavesOf(Dataset dataset, IReadOnlySet<Dataset> tables) =>
        dataset.Operator.Inputs.SelectMany(i => tables.Contains(i) || i.Operator is Scan ? [i] : LeavesOf(i, tables));

    private static IEnumerable<Dataset> LeavesOf(ProfileNode node, IReadOnlyDictionary<ProfileNode, Dataset> leaves) =>
        leaves.TryGetValue(node, out var leaf) ? [leaf] : node.Children.SelectMany(c => LeavesOf(c, leaves));

    private static string Key(IEnumerable<Dataset> leaves) =>
        string.Join('\n', leaves.Select(l => l.Label).Distinct().Order(StringComparer.Ordinal));
}
