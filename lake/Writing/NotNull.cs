using ServerlessHub.Engine;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Writing;

/// <summary>Finds rows that lack a value which the schema demands.</summary>
internal static class NotNull
{
    /// <summary>The column that rows lack a value of, and how many do; null if there is none.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="files">The files written; their statistics tell of plain columns.</param>
    /// <param name="count">Counts the rows of these files for which a condition is true, for what the statistics do not tell.</param>
    public static (string Column, long Rows)? FindViolation(StructType schema, IReadOnlyList<WrittenFile> files, Func<string, long> count)
    {
        foreach (var field in schema.Fields)
        {
            var rows = 0L;
            if (!field.Nullable && field.Type is PrimitiveType or DecimalType)
                rows = files.Sum(file => NullsIn(file, field.PhysicalName));
            else if (Violation(Sql.Identifier(field.Name), field) is { } condition && files.Count > 0)
                rows = count(condition);
            if (rows > 0)
                return (field.Name, rows);
        }
        return null;
    }

    private static long NullsIn(WrittenFile file, string column)
    {
        if (file.PartitionValues.TryGetValue(column, out var value))
            return string.IsNullOrEmpty(value) ? file.Rows : 0;
        return file.Columns.First(statistics => statistics.Path.Count == 1 && statistics.Path[0] == column).Nulls;
    }

    private static string? Violation(string expression, SchemaField field) =>
        Either(field.Nullable ? null : $"{expression} IS NULL", Inner(expression, field.Type));

    private static string? Inner(string expression, DeltaType type)
    {
        switch (type)
        {
            case StructType composite:
                var fields = composite.Fields.Select(field => Violation($"{expression}.{Sql.Identifier(field.Name)}", field));
                return fields.Aggregate(Either) is { } any ? $"({expression} IS NOT NULL AND ({any}))" : null;
            case ArrayType array:
                return InElements(expression, array.ContainsNull, array.Element);
            case MapType map:
                return InElements($"map_values({expression})", map.ValueContainsNull, map.Value);
            default:
                return null;
        }
    }

    private static string? InElements(string list, bool nullable, DeltaType type)
    {
        var element = $"e{list.Length}";
        return Either(nullable ? null : $"{element} IS NULL", Inner(element, type)) is { } condition
            ? $"coalesce(len(list_filter({list}, lambda {element}: {condition})) > 0, false)"
            : null;
    }

    private static string? Either(string? left, string? right) =>
        left is null ? right
        : right is null ? left
        : $"{left} OR {right}";
}
