using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Planning.Operators;
using static ServerlessHub.Pipelines.Planning.DuckDbExpressions;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>
/// Writes operators in DuckDB's SQL, one SELECT each. Every SELECT names just the columns that are needed and, where the order of rows matters,
/// carries it along in hidden columns: nothing is sorted until something has to see the order.
/// </summary>
internal sealed class DuckDbDialect(IReadOnlyDictionary<string, OpenedSource> opened, IReadOnlyDictionary<Dataset, Demand> demands)
{
    private readonly Dictionary<Dataset, IReadOnlyList<OrderKey>> orders = [];

    /// <summary>The hidden columns that hold a written dataset's order; empty where nothing needs it.</summary>
    public IReadOnlyList<OrderKey> OrderOf(Dataset dataset) => orders.GetValueOrDefault(dataset, []);

    /// <summary>Says that a dataset is read from a temporary table whose own row numbers are its order.</summary>
    public void OrderByRowNumber(Dataset dataset) => orders[dataset] = [new OrderKey(OrderKey.Name(0), IsRowNumber: true)];

    /// <summary>The columns of a dataset that anything needs; one of them where only the number of rows is needed.</summary>
    public IReadOnlyList<Column> Wanted(Dataset dataset)
    {
        var wanted = dataset.Columns.Where(c => demands[dataset].Columns.Contains(c.Name)).ToArray();
        return wanted.Length > 0 ? wanted : [dataset.Columns[0]];
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

    private (string, IReadOnlyList<OrderKey>) OfDeduplicate(Dataset dataset, Deduplicate deduplicate)
    {
        var rows = OrderOf(deduplicate.Input);
        var going = deduplicate.OrderBy.Select(c => OrderKey.Term(Sql.Identifier(c), descending: true, nullsFirst: false));
        var coming =
            deduplicate.Keep == Keep.Last ? rows.Select(k => k with { Descending = !k.Descending, NullsFirst = !k.NullsFirst }) : rows;
        var order = going.Concat(coming.Select(k => k.Term()));
        var sql =
            $"SELECT {List(Names(Wanted(dataset)).Concat(Hidden(deduplicate.Input)))} FROM {From(deduplicate.Input)}\n"
            + $"QUALIFY row_number() OVER (PARTITION BY {List(deduplicate.Keys.Select(Sql.Identifier))} ORDER BY {List(order)}) = 1";
        return (sql, rows);
    }

    private (string, IReadOnlyList<OrderKey>) OfSort(Dataset dataset, Sort sort, bool ordered)
    {
        if (!ordered)
            return ($"SELECT {List(Names(Wanted(dataset)))} FROM {From(sort.Input)}", []);
        var keys = sort.Keys.Select((k, i) => new OrderKey(OrderKey.Name(i), k.Descending, k.NullsFirst)).ToList();
        var items = Names(Wanted(dataset))
            .Concat(sort.Keys.Select((k, i) => $"{Sql.Identifier(k.Column)} AS {Sql.Identifier(keys[i].Column)}"));
        return ($"SELECT {List(items.Concat(Carry(sort.Input, keys)))} FROM {From(sort.Input)}", keys);
    }

    private (string, IReadOnlyList<OrderKey>) OfJoin(Dataset dataset, Join join, bool ordered)
    {
        var keys = new List<OrderKey>();
        string[] aliases = [join.Left.Name, join.Right.Name];
        var items = join.Items.Where(i => Wanted(dataset).Any(w => w.Name == i.Name)).Select(i => WriteAs(i, aliases)).ToList();
        if (ordered)
            for (var i = 0; i < 2; i++)
                if (join.KeepsOrderOf(i))
                    items.AddRange(Carry(join.Inputs[i], keys));
        var type = join.Type.ToString().ToUpperInvariant();
        return ($"SELECT {List(items)}\nFROM {From(join.Left)} {type} JOIN {From(join.Right)} ON {Write(join.Condition, aliases)}", keys);
    }

    private (string, IReadOnlyList<OrderKey>) OfLookup(Dataset dataset, Lookup lookup)
    {
        // One row a key first, with the number of matches: a second match fails the row that asks, not the reference as a whole.
        const string source = "s";
        const string found = "r";
        var fields = lookup.Fields.Where(f => Wanted(dataset).Any(w => w.Name == f.Name)).ToArray();
        var first = OrderOf(lookup.Reference).Select(k => k.Term()).ToArray();
        var pick = lookup.TakeFirst && first.Length > 0 ? $" ORDER BY {List(first)}" : "";
        var grouped = lookup.Keys.Select(k => Sql.Identifier(k.Reference)).Distinct().ToArray();
        var candidates = fields
            .Select(f => f.Reference.Name)
            .Distinct()
            .Where(c => !grouped.Contains(Sql.Identifier(c)))
            .Select(c => $"first({Sql.Identifier(c)}{pick}) AS {Sql.Identifier(c)}");
        var reference =
            $"(SELECT {List([.. grouped, .. candidates, "count(*) AS __hub_matches"])} FROM {From(lookup.Reference)} GROUP BY {List(grouped)}) AS {found}";
        var on = string.Join(
            " AND ",
            lookup.Keys.Select(k => $"{source}.{Sql.Identifier(k.Source)} = {found}.{Sql.Identifier(k.Reference)}")
        );
        var items = Wanted(dataset)
            .Where(w => !fields.Any(f => f.Name == w.Name))
            .Select(w => $"{source}.{Sql.Identifier(w.Name)}")
            .Concat(fields.Select(f => $"{Field(f)} AS {Sql.Identifier(f.Name)}"))
            .Concat(OrderOf(lookup.Source).Select(k => $"{source}.{Sql.Identifier(k.Column)}"));
        var join = lookup.Inner ? "INNER" : "LEFT";
        return (
            $"SELECT {List(items)}\nFROM {Sql.Identifier(lookup.Source.Label)} AS {source} {join} JOIN {reference} ON {on}",
            OrderOf(lookup.Source)
        );

        string Field(LookupField field)
        {
            var value = $"{found}.{Sql.Identifier(field.Reference.Name)}";
            var key = string.Join(
                " || ', ' || ",
                lookup.Keys.Select(k => $"coalesce({source}.{Sql.Identifier(k.Source)}::VARCHAR, 'null')")
            );
            var cases = "";
            if (!lookup.TakeFirst)
                cases +=
                    $" WHEN {found}.__hub_matches > 1 THEN error({Sql.Literal(LookupMessage.Prefix + lookup.Reference.Name + LookupMessage.Separator)} || {key})";
            if (field.Default is { } fallback)
                cases += $" WHEN {found}.__hub_matches IS NULL THEN {Write(fallback, [])}";
            return cases.Length == 0 ? value : $"CASE{cases} ELSE {value} END";
        }
    }

    private (string, IReadOnlyList<OrderKey>) OfUnion(Dataset dataset, Union union, bool ordered)
    {
        var wanted = Wanted(dataset);
        var index = union.Schema.Select((c, i) => (c.Name, i)).ToDictionary(x => x.Name, x => x.i);
        // Equal rows can only be told by all columns, so a distinct union keeps them all.
        var columns = union.Distinct ? union.Schema : wanted;
        var branches = union.Inputs.Select(
            (input, n) =>
            {
                var items = columns.Select(c =>
                    $"CAST({Write(union.Items[index[c.Name]][n], Aliases(union, n))} AS {c.Type}) AS {Sql.Identifier(c.Name)}"
                );
                return $"SELECT {List(items.Concat(ordered && !union.Distinct ? BranchOrder(input, n) : []))} FROM {From(input)}";
            }
        );
        var sql = string.Join(union.Distinct ? "\nUNION\n" : "\nUNION ALL\n", branches);
        if (!union.Distinct)
            return (sql, [new OrderKey(OrderKey.Name(0)), new OrderKey(OrderKey.Name(1))]);
        var keys = columns.Select((_, i) => new OrderKey(OrderKey.Name(i))).ToArray();
        var hidden = ordered ? columns.Select((c, i) => $"{Sql.Identifier(c.Name)} AS {Sql.Identifier(keys[i].Column)}") : [];
        return ($"SELECT {List(Names(wanted).Concat(hidden))} FROM (\n{sql}\n)", keys);

        static string[] Aliases(Union union, int n)
        {
            var aliases = new string[union.Inputs.Count];
            aliases[n] = union.Inputs[n].Name;
            return aliases;
        }
    }

    private IEnumerable<string> BranchOrder(Dataset input, int n)
    {
        var order = OrderOf(input);
        var row =
            order is [{ IsRowNumber: true } only] ? Sql.Identifier(only.Column)
            : order.Count == 0 ? "row_number() OVER ()"
            : $"row_number() OVER (ORDER BY {List(order.Select(k => k.Term()))})";
        return [$"{n} AS {Sql.Identifier(OrderKey.Name(0))}", $"{row} AS {Sql.Identifier(OrderKey.Name(1))}"];
    }

    private (string, IReadOnlyList<OrderKey>) OfAggregate(Dataset dataset, Aggregate aggregate) =>
        DuckDbAggregate.Write(
            aggregate,
            [.. Wanted(dataset).Select(c => c.Name)],
            demands[dataset].Ordered,
            From(aggregate.Input),
            OrderOf(aggregate.Input)
        );

    private (string, IReadOnlyList<OrderKey>) OfUnnest(Dataset dataset, Unnest unnest, bool ordered)
    {
        var wanted = Wanted(dataset).Select(w => w.Name).ToHashSet();
        var keys = new List<OrderKey>();
        string[] aliases = [unnest.Input.Name];
        var list = Write(unnest.List, aliases);
        var position = Sql.Identifier(unnest.Position);
        var items = unnest.Kept.Where(k => wanted.Contains(k.Name)).Select(k => WriteAs(k, aliases)).ToList();
        items.Add($"generate_subscripts({list}, 1) - 1 AS {position}");
        items.Add($"unnest({list}) AS {Sql.Identifier(unnest.Element.Name)}");
        if (ordered)
        {
            items.AddRange(Carry(unnest.Input, keys));
            keys.Add(new OrderKey(OrderKey.Name(keys.Count)));
        }
        var hidden = keys.Select((k, i) => i == keys.Count - 1 ? $"{position} AS {Sql.Identifier(k.Column)}" : Sql.Identifier(k.Column));
        return ($"SELECT {List(Names(Wanted(dataset)).Concat(hidden))} FROM (SELECT {List(items)} FROM {From(unnest.Input)})", keys);
    }

    private (string, IReadOnlyList<OrderKey>) OfQuery(Dataset dataset, Query query, bool ordered)
    {
        var named = query.Inputs.Select(
            (d, i) => $"{Sql.Identifier(query.Names[i])} AS (SELECT {List(Names(Wanted(d)))} FROM {Sql.Identifier(d.Label)})"
        );
        var key = new OrderKey(OrderKey.Name(0), IsRowNumber: true);
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
            keys.Add(key with { Column = name, IsRowNumber = false });
            yield return $"{Sql.Identifier(input.Name)}.{Sql.Identifier(key.Column)} AS {Sql.Identifier(name)}";
        }
    }

    private static string List(IEnumerable<string> items) => string.Join(", ", items);
}
