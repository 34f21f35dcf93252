using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>The operators that go by the order of rows or make one.</summary>
internal sealed partial class DuckDbDialect
{
    private (string, IReadOnlyList<OrderKey>) OfSort(Dataset dataset, Sort sort, bool ordered)
    {
        if (!ordered)
            return ($"SELECT {List(Names(Wanted(dataset)))} FROM {From(sort.Input)}", []);
        var keys = sort.Keys.Select((k, i) => new OrderKey(OrderKey.Name(i), k.Descending, k.NullsFirst)).ToList();
        var items = Names(Wanted(dataset))
            .Concat(sort.Keys.Select((k, i) => $"{Sql.Identifier(k.Column)} AS {Sql.Identifier(keys[i].Column)}"));
        return ($"SELECT {List(items.Concat(Carry(sort.Input, keys)))} FROM {From(sort.Input)}", keys);
    }

    private (string, IReadOnlyList<OrderKey>) OfDeduplicate(Dataset dataset, Deduplicate deduplicate)
    {
        var rows = OrderOf(deduplicate.Input);
        var order = deduplicate.Keep switch
        {
            Keep.First => rows.Select(k => k.Term()),
            Keep.Last => rows.Select(k => Reversed(k).Term()),
            _ => Latest(deduplicate, rows),
        };
        var terms = List(order);
        var sql =
            $"SELECT {List(Names(Wanted(dataset)).Concat(Hidden(deduplicate.Input)))} FROM {From(deduplicate.Input)}\n"
            + $"QUALIFY row_number() OVER (PARTITION BY {List(deduplicate.Keys.Select(Sql.Identifier))}{(terms.Length > 0 ? $" ORDER BY {terms}" : "")}) = 1";
        return (sql, rows);
    }

    private static OrderKey Reversed(OrderKey key) => key with { Descending = !key.Descending, NullsFirst = !key.NullsFirst };

    /// <summary>
    /// The order that has the latest row first, and of rows that are equally late the first. The engine turns a window over a single value into a
    /// plain aggregate, which is a third cheaper; so where it can be, the column and the row's number are made one number.
    /// </summary>
    private static IEnumerable<string> Latest(Deduplicate deduplicate, IReadOnlyList<OrderKey> rows)
    {
        if (
            deduplicate.OrderBy is [var only]
            && rows is [{ IsRowNumber: true } row]
            && AsInteger(deduplicate.Input.Find(only)!) is { } number
        )
            return
            [
                OrderKey.Term(
                    $"{number} * {OrderKey.MostRows}::HUGEINT - {Sql.Identifier(row.Column)}",
                    descending: true,
                    nullsFirst: false
                ),
            ];
        return deduplicate
            .OrderBy.Select(c => OrderKey.Term(Sql.Identifier(c), descending: true, nullsFirst: false))
            .Concat(rows.Select(k => k.Term()));
    }

    /// <summary>A column's values as whole numbers in the same order, with null below all of them; null where its type has no such form.</summary>
    private static string? AsInteger(Column column)
    {
        const string lowest = "-9223372036854775809";
        var name = Sql.Identifier(column.Name);
        return column.Type.Kind switch
        {
            TypeKind.TinyInt or TypeKind.SmallInt or TypeKind.Integer or TypeKind.BigInt => $"coalesce({name}::HUGEINT, {lowest})",
            TypeKind.Date => $"coalesce(({name} - DATE '1970-01-01')::HUGEINT, {lowest})",
            // The engine has no number for a time without end.
            TypeKind.Timestamp or TypeKind.TimestampTz =>
                $"coalesce(epoch_us({name})::HUGEINT, CASE {name} WHEN 'infinity' THEN {long.MaxValue} WHEN '-infinity' THEN {long.MinValue} END, {lowest})",
            _ => null,
        };
    }
}
