using ServerlessHub.Lake.Log;

namespace ServerlessHub.Lake.Schema;

/// <summary>A column of a table, or a field of a struct in it, that data files have statistics of.</summary>
/// <param name="Name">Its name in the table, with those of the structs around it.</param>
/// <param name="Path">The same in data files.</param>
/// <param name="Type">Its type, which is no struct.</param>
internal sealed record IndexedColumn(string Name, IReadOnlyList<string> Path, DeltaType Type);

/// <summary>Which columns of a table have statistics: those that it names, or the first ones, and always those that it is clustered by.</summary>
internal static class IndexedColumns
{
    private const int Default = 32;

    /// <summary>The columns, in the schema's order.</summary>
    /// <param name="schema">The table's schema.</param>
    /// <param name="metadata">The table's properties, and its partition columns, which have none.</param>
    /// <param name="clusteredBy">The columns that it is clustered by, by their paths in data files.</param>
    public static IReadOnlyList<IndexedColumn> Of(
        StructType schema,
        TableMetadata metadata,
        IReadOnlyList<IReadOnlyList<string>> clusteredBy
    )
    {
        var all = Leaves("", [], schema.Fields.Where(field => !metadata.PartitionColumns.Contains(field.Name))).ToList();
        var chosen = Chosen(all, metadata).ToHashSet();
        return [.. all.Where(leaf => chosen.Contains(leaf) || clusteredBy.Any(path => path.SequenceEqual(leaf.Path)))];
    }

    private static IEnumerable<IndexedColumn> Chosen(List<IndexedColumn> all, TableMetadata metadata)
    {
        if (metadata.Property("delta.dataSkippingStatsColumns") is { } named)
        {
            var names = named.Split(',', StringSplitOptions.TrimEntries).Select(name => name.Replace("`", "", StringComparison.Ordinal));
            return all.Where(leaf => names.Any(name => IsNamed(leaf.Name, name)));
        }
        var count = int.TryParse(metadata.Property("delta.dataSkippingNumIndexedCols"), out var configured) ? configured : Default;
        return count < 0 ? all : all.Take(count);
    }

    private static IEnumerable<IndexedColumn> Leaves(string parent, string[] path, IEnumerable<SchemaField> fields) =>
        fields.SelectMany(field =>
            field.Type is StructType inner
                ? Leaves($"{parent}{field.Name}.", [.. path, field.PhysicalName], inner.Fields)
                : [new IndexedColumn($"{parent}{field.Name}", [.. path, field.PhysicalName], field.Type)]
        );

    /// <summary>A struct's name means all that is in it.</summary>
    private static bool IsNamed(string path, string name) =>
        path.Equals(name, StringComparison.OrdinalIgnoreCase) || path.StartsWith(name + ".", StringComparison.OrdinalIgnoreCase);
}
