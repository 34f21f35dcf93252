using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Planning.Operators;
using static ServerlessHub.Pipelines.Planning.DuckDbExpressions;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>
/// Writes operators in DuckDB's SQL, one SELECT each. Every SELECT names just the columns that are needed and, where the order of rows matters,
/// carries it along in hidden columns: nothing is sorted until something has to see the order.
/// </summary>
internal sealed partial class DuckDbDialect(IReadOnlyDictionary<string, OpenedSource> opened, IReadOnlyDictionary<Dataset, Demand> demands)
{
    private readonly Dictionary<Dataset, IReadOnlyList<OrderKey>> orders = [];
    private readonly HashSet<Dataset> numbered = [];

    /// <summary>The hidden columns that hold a written dataset's order; empty where nothing needs it.</summary>
    public IReadOnlyList<OrderKey> OrderOf(Dataset dataset) => orders.GetValueOrDefault(dataset, []);

    /// <summary>Says that a dataset is read from a temporary table whose own row numbers are its order.</summary>
    public void OrderByRowNumber(Dataset dataset)
    {
        numbered.Add(dataset);
        orders[dataset] = [new OrderKey(OrderKey.Name(0), RowNumbers: OrderKey.TableRows)];
    }

    /// <summary>Whether a dataset's order is that of the row numbers of its temporary table.</summary>
    public bool IsOrderedByRowNumber(Dataset dataset) => numbered.Contains(dataset);

    /// <summary>The columns of a dataset that anything needs.</summary>
    public IReadOnlyList<Column> Wanted(Dataset dataset)
    {
        var kept = dataset.Operator is Scan scan ? opened[scan.Source].KeptColumn : null;
        return [.. dataset.Columns.Where(c => demands[dataset].Columns.Contains(c.Name) || c.Name == kept)];
    }

    /// <summary>The SELECT that computes a dataset from those it reads, which stand in the statement under their labels.</summary>
    public string Select(Dataset dataset)
    {
        var ordered = demands[dataset].Ordered;
        var (sql, order) = dataset.Operator switch
        {
            Scan scan => OfScan(dataset, scan, ordered),
            Project project => OfProject(dataset, project),
            Filter filter => OfFilter(dataset, filter),
            Deduplicate deduplicate => OfDeduplicate(dataset, deduplicate),
            Sort sort => OfSort(dataset, sort, ordered),
            Join join => OfJoin(dataset, join, ordered),
            Lookup lookup => OfLookup(dataset, lookup),
            Union union => OfUnion(dataset, union, ordered),
            Aggregate aggregate => OfAggregate(dataset, aggregate),
            Unnest unnest => OfUnnest(dataset, unnest, ordered),
            ParseJson parse => OfParseJson(dataset, parse),
            Query query => OfQuery(dataset, query, ordered),
            _ => throw new NotSupportedException($"The dialect has no form for {dataset.Operator.GetType().Name}."),
        };
        orders[dataset] = ordered ? order : [];
        return sql;
    }

    private (string, IReadOnlyList<OrderKey>) OfScan(Dataset dataset, Scan scan, bool ordered)
    {
        var source = opened[scan.Source];
        var keys = ordered ? source.OrderColumns.Select((c, i) => (Expression: c, Key: new OrderKey(OrderKey.Name(i)))).ToArray() : [];
        var items = Names(Wanted(dataset)).Concat(keys.Select(k => $"{k.Expression} AS {Sql.Identifier(k.Key.Column)}"));
        return ($"SELECT {List(items)} FROM {source.Relation(Wanted(dataset))}", [.. keys.Select(k => k.Key)]);
    }

    private (string, IReadOnlyList<OrderKey>) OfProject(Dataset dataset, Project project)
    {
        var items = project.Items.Where(i => Wanted(dataset).Any(w => w.Name == i.Name)).Select(i => WriteAs(i, [project.Input.Name]));
        return ($"SELECT {List(items.Concat(Hidden(project.Input)))} FROM {From(project.Input)}", OrderOf(project.Input));
    }

    private (string, IReadOnlyList<OrderKey>) OfFilter(Dataset dataset, Filter filter) =>
        (
            $"SELECT {List(Names(Wanted(dataset)).Concat(Hidden(filter.Input)))} FROM {From(filter.Input)} WHERE {Write(filter.Condition, [filter.Input.Name])}",
            OrderOf(filter.Input)
        );

    private (string, IReadOnlyList<OrderKey>) OfAggregate(Dataset dataset, Aggregate aggregate) =>
        DuckDbAggregate.Write(
            aggregate,
            [.. Wanted(dataset).Select(c => c.Name)],
            demands[dataset].Ordered,
            From(aggregate.Input),
            OrderOf(aggregate.Input)
        );

    private (string, IReadOnlyList<OrderKey>) OfQuery(Dataset dataset, Query query, bool ordered)
    {
        var named = query.Inputs.Select(
            (d, i) => $"{Sql.Identifier(query.Names[i])} AS (SELECT {List(Names(Wanted(d)))} FROM {Sql.Identifier(d.Label)})"
        );
        var key = new OrderKey(OrderKey.Name(0), RowNumbers: OrderKey.TableRows);
        var items = Names(Wanted(dataset)).Concat(ordered ? [$"row_number() OVER () AS {Sql.Identifier(key.Column)}"] : []);
        return ($"SELECT {List(items)} FROM (\nWITH {List(named)}\nSELECT * FROM (\n{query.Sql}\n))", [key]);
    }

    private static string From(Dataset input) => $"{Sql.Identifier(input.Label)} AS {Sql.Identifier(input.Name)}";

    private static IEnumerable<string> Names(IEnumerable<Column> columns) => columns.Select(c => Sql.Identifier(c.Name));

    private IEnumerable<string> Hidden(Dataset input) => OrderOf(input).Select(k => Sql.Identifier(k.Column));

    /// <summary>The hidden columns of an input, named so that they follow those a result already has; adds their keys to it.</summary>
    private IEnumerable<string> Carry(Dataset input, List<OrderKey> keys)
    {
        foreach (var key in OrderOf(input))
        {
            var name = OrderKey.Name(keys.Count);
            keys.Add(key with { Column = name, RowNumbers = 0 });
            yield return $"{Sql.Identifier(input.Name)}.{Sql.Identifier(key.Column)} AS {Sql.Identifier(name)}";
        }
    }

    private static string List(IEnumerable<string> items) => string.Join(", ", items);
}
