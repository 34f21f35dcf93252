namespace ServerlessHub.Lake.Tests;

internal enum WorkKind
{
    Append,
    Merge,
    Delete,
    Update,
}

/// <summary>What the steps of <see cref="WorkProcess"/> do to a table's rows, worked out row by row.</summary>
internal sealed class WorkModel
{
    /// <summary>The rows that a delete takes have this remainder's number.</summary>
    public const int Deleted = 997;

    /// <summary>Likewise of an update.</summary>
    public const int Updated = 499;

    private const long Block = 1_000_000;
    private const int FirstRows = 50_000;

    private readonly Dictionary<long, long> _values = [];
    private int _steps;

    public static WorkKind KindOf(int step) => step == 1 ? WorkKind.Append : (WorkKind)(step % 4);

    public static int StepsDone(DeltaTable table) => (int)(table.TryRead()?.TransactionVersion(WorkProcess.Name) ?? 0);

    /// <summary>The rows that come in; those of a merge replace half of what the step before added.</summary>
    public static string RowsSql(int step)
    {
        var (first, count) = Rows(step);
        return $"SELECT {first} + i AS id, {step}::BIGINT AS v FROM range({count}) t(i)";
    }

    /// <summary>What tells the rows after so many steps from those after fewer: numbers as <see cref="SumsSql"/> has them.</summary>
    public string Sums(int steps)
    {
        for (; _steps < steps; _steps++)
            Do(_steps + 1);
        var (ids, values, products) = ((Int128)0, (Int128)0, (Int128)0);
        foreach (var (id, value) in _values)
            (ids, values, products) = (ids + id, values + value, products + ((Int128)id * value));
        return $"{_values.Count} {ids} {values} {products}";
    }

    public static string SumsSql(string rowsSql) =>
        $"SELECT concat_ws(' ', count(*), sum(id::HUGEINT), sum(v::HUGEINT), sum(id::HUGEINT * v)) FROM ({rowsSql})";

    private void Do(int step)
    {
        switch (KindOf(step))
        {
            case WorkKind.Append or WorkKind.Merge:
                var (first, count) = Rows(step);
                for (var id = first; id < first + count; id++)
                    _values[id] = step;
                break;
            case WorkKind.Delete:
                foreach (var id in _values.Keys.Where(id => id % Deleted == step).ToList())
                    _values.Remove(id);
                break;
            default:
                foreach (var id in _values.Keys.Where(id => id % Updated == step).ToList())
                    _values[id] += step;
                break;
        }
    }

    private static (long First, int Count) Rows(int step) =>
        step == 1 ? (0, FirstRows)
        : KindOf(step) == WorkKind.Append ? (step * Block, 500)
        : (((step - 1) * Block) + 250, 500);
}
