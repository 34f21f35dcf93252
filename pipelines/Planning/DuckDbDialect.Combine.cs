using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Planning.Operators;
using static ServerlessHub.Pipelines.Planning.DuckDbExpressions;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>The operators that bring datasets together.</summary>
internal sealed partial class DuckDbDialect
{
    private const string IsThere = "__hub_there";
    private const string Matches = "__hub_matches";

    private (string, IReadOnlyList<OrderKey>) OfJoin(Dataset dataset, Join join, bool ordered)
    {
        string[] aliases = [join.Left.Name, join.Right.Name];
        var items = join.Items.Where(i => Wanted(dataset).Any(w => w.Name == i.Name)).Select(i => WriteAs(i, aliases)).ToList();
        var keys = new List<OrderKey>();
        var left = From(join.Left);
        if (ordered)
        {
            if (join.Type is JoinType.Right or JoinType.Full)
            {
                // Right rows without a match come after all left rows, whatever nulls the left rows themselves hold.
                left = $"(SELECT *, true AS {IsThere} FROM {Sql.Identifier(join.Left.Label)}) AS {Sql.Identifier(join.Left.Name)}";
                keys.Add(new OrderKey(OrderKey.Name(0)));
                items.Add($"{Sql.Identifier(join.Left.Name)}.{IsThere} AS {Sql.Identifier(keys[0].Column)}");
            }
            for (var i = 0; i < 2; i++)
                if (join.KeepsOrderOf(i))
                    items.AddRange(Carry(join.Inputs[i], keys));
        }
        var type = join.Type.ToString().ToUpperInvariant();
        return ($"SELECT {List(items)}\nFROM {left} {type} JOIN {From(join.Right)} ON {Write(join.Condition, aliases)}", keys);
    }

    /// <summary>
    /// The reference is reduced to one row a key first, with the number of rows it had: so a second match fails the row that asks for the key,
    /// not the reference as a whole.
    /// </summary>
    private (string, IReadOnlyList<OrderKey>) OfLookup(Dataset dataset, Lookup lookup)
    {
        const string source = "s";
        const string found = "r";
        var order = OrderOf(lookup.Source);
        var items = Wanted(dataset)
            .Select(w =>
                lookup.Fields.FirstOrDefault(f => f.Name == w.Name) is { } field
                    ? $"{FieldValue(field)} AS {Sql.Identifier(w.Name)}"
                    : $"{source}.{Sql.Identifier(w.Name)}"
            )
            .Concat(order.Select(k => $"{source}.{Sql.Identifier(k.Column)}"));
        var on = string.Join(
            " AND ",
            lookup.Keys.Select(k => $"{source}.{Sql.Identifier(k.Source)} = {found}.{Sql.Identifier(k.Reference)}")
        );
        var sql =
            $"SELECT {List(items)}\nFROM {Sql.Identifier(lookup.Source.Label)} AS {source} {(lookup.Inner ? "INNER" : "LEFT")} JOIN (\n"
            + $"{OneRowAKey(dataset, lookup)}\n) AS {found} ON {on}";
        return (lookup.TakeFirst ? sql : $"{sql}\nWHERE {HasOneMatch(lookup)}", order);

        string FieldValue(LookupField field)
        {
            var value = $"{found}.{Sql.Identifier(field.Reference.Name)}";
            return field.Default is { } fallback
                ? $"CASE WHEN {found}.{Matches} IS NULL THEN {Write(fallback, [])} ELSE {value} END"
                : value;
        }

        static string HasOneMatch(Lookup lookup)
        {
            var key = string.Join(" || ', ' || ", lookup.Keys.Select(k => $"CAST({source}.{Sql.Identifier(k.Source)} AS VARCHAR)"));
            var error = RaisedError.Sql(
                $"lookup in '{lookup.Reference.Name}': more than one row for the key {{0}}",
                key,
                "make the reference unique, or set multiple=\"first\""
            );
            return $"CASE WHEN {found}.{Matches} > 1 THEN {error} ELSE true END";
        }
    }

    private string OneRowAKey(Dataset dataset, Lookup lookup)
    {
        var keys = lookup.Keys.Select(k => k.Reference).Distinct().ToArray();
        var fields = lookup
            .Fields.Where(f => Wanted(dataset).Any(w => w.Name == f.Name))
            .Select(f => f.Reference.Name)
            .Distinct()
            .Except(keys)
            .Select(c => $"{First(Sql.Identifier(c), lookup)} AS {Sql.Identifier(c)}");
        var names = keys.Select(Sql.Identifier).ToArray();
        return $"SELECT {List([.. names, .. fields, $"count(*) AS {Matches}"])} FROM {From(lookup.Reference)} GROUP BY {List(names)}";
    }

    private string First(string column, Lookup lookup) =>
        OrderOf(lookup.Reference) switch
        {
            _ when !lookup.TakeFirst => $"any_value({column})",
            [{ IsRowNumber: true } row] => $"arg_min_null({column}, {Sql.Identifier(row.Column)})",
            [] => $"first({column})",
            var order => $"first({column} ORDER BY {List(order.Select(k => k.Term()))})",
        };

    private (string, IReadOnlyList<OrderKey>) OfUnion(Dataset dataset, Union union, bool ordered)
    {
        // Equal rows can only be told by all columns, so a distinct union looks at them all.
        var columns = union.Distinct ? union.Schema : Wanted(dataset);
        var place = union.Schema.Select((c, i) => (c.Name, i)).ToDictionary(x => x.Name, x => x.i);
        var (keys, hidden) = ordered ? UnionOrder(union) : ([], [.. union.Inputs.Select(_ => Array.Empty<string>())]);
        var branches = union.Inputs.Select(
            (input, n) =>
            {
                var aliases = union.Inputs.Select(i => i.Name).ToArray();
                var items = columns.Select(c =>
                    $"CAST({Write(union.Items[place[c.Name]][n], aliases)} AS {c.Type}) AS {Sql.Identifier(c.Name)}"
                );
                return $"SELECT {List(items.Concat(hidden[n]))} FROM {From(input)}";
            }
        );
        var all = string.Join("\nUNION ALL\n", branches);
        return !union.Distinct ? (all, keys)
            : ordered ? Distinct(dataset, columns, all, keys)
            : ($"SELECT {List(Names(Wanted(dataset)))} FROM (SELECT DISTINCT * FROM (\n{all}\n))", []);
    }

    /// <summary>Equal rows once, in the place of the first of them.</summary>
    private (string, IReadOnlyList<OrderKey>) Distinct(
        Dataset dataset,
        IReadOnlyList<Column> columns,
        string all,
        IReadOnlyList<OrderKey> keys
    )
    {
        var row = new OrderKey(OrderKey.Name(0), RowNumbers: keys is [{ IsRowNumber: true } k] ? k.RowNumbers : OrderKey.TableRows);
        var number = keys is [{ IsRowNumber: true } only]
            ? Sql.Identifier(only.Column)
            : $"row_number() OVER (ORDER BY {List(keys.Select(k => k.Term()))})";
        var numbered = $"SELECT {List([.. Names(columns), $"{number} AS __hub_number"])} FROM (\n{all}\n)";
        var items = Names(Wanted(dataset)).Append($"min(__hub_number) AS {Sql.Identifier(row.Column)}");
        return ($"SELECT {List(items)} FROM ({numbered}) GROUP BY {List(Names(columns))}", [row]);
    }

    /// <summary>
    /// The order of a union: the place of the dataset, then its own order. Where every dataset has a row number, both make one; else each brings
    /// its own columns along, in which the others hold null.
    /// </summary>
    private (IReadOnlyList<OrderKey> Keys, IReadOnlyList<IReadOnlyList<string>> Hidden) UnionOrder(Union union)
    {
        var orders = union.Inputs.Select(OrderOf).ToArray();
        if (
            orders.All(o => o is [{ IsRowNumber: true }])
            && orders.Max(o => o[0].RowNumbers) is var share
            && share <= OrderKey.MostRows / orders.Length
        )
        {
            var row = new OrderKey(OrderKey.Name(0), RowNumbers: share * orders.Length);
            var numbers = orders.Select((o, n) => $"{n * share} + {Sql.Identifier(o[0].Column)} AS {Sql.Identifier(row.Column)}");
            return ([row], [.. numbers.Select(n => new[] { n })]);
        }
        var keys = new List<OrderKey> { new(OrderKey.Name(0)) };
        var owners = new List<(int Input, string Column)>();
        for (var n = 0; n < orders.Length; n++)
            foreach (var key in orders[n])
            {
                keys.Add(key with { Column = OrderKey.Name(keys.Count), RowNumbers = 0 });
                owners.Add((n, key.Column));
            }
        return (keys, [.. union.Inputs.Select((_, n) => Branch(n))]);

        string[] Branch(int n) =>
            [
                $"{n} AS {Sql.Identifier(keys[0].Column)}",
                .. owners.Select((o, i) => $"{(o.Input == n ? Sql.Identifier(o.Column) : "NULL")} AS {Sql.Identifier(keys[i + 1].Column)}"),
            ];
    }
}
