using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>Finds out, before anything runs, whether what is to be written fits the table that is there.</summary>
internal static class TableFit
{
    /// <summary>Reports what does not fit; nothing when there is no table yet.</summary>
    public static void Check(Element target, TableName name, IReadOnlyList<Column> columns, ConnectorContext context)
    {
        var at = target.LocationOf("table");
        try
        {
            if (LakeTables.Open(context.Root, name).TryRead() is { } table)
                Check(target, name, columns, table, context.Findings);
        }
        catch (LakeException e)
        {
            context.Findings.Add(Rule.UnknownTable, at, TableName.Explain(e));
        }
        catch (RunException e)
        {
            context.Findings.Add(Rule.PathRefused, at, e.Message, e.Hint);
        }
    }

    private static void Check(Element target, TableName name, IReadOnlyList<Column> columns, Snapshot table, Diagnostics findings)
    {
        var at = target.LocationOf("table");
        var partitions = target.Names("partitionBy");
        if (partitions.Count > 0 && !partitions.SequenceEqual(table.PartitionColumns, StringComparer.OrdinalIgnoreCase))
            findings.Add(
                Rule.SchemaDrift,
                target.LocationOf("partitionBy"),
                table.PartitionColumns.Count == 0
                    ? $"table {name} is not partitioned"
                    : $"table {name} is partitioned by {string.Join(", ", table.PartitionColumns)}",
                "write it as it is, or make a new table"
            );
        foreach (var column in columns)
            if (Find(table, column.Name) is not { } there)
            {
                if (!target.IsTrue("evolve"))
                    findings.Add(
                        Rule.SchemaDrift,
                        at,
                        $"table {name} has no column '{column.Name}'",
                        NearestName.Hint(column.Name, table.Columns.Select(c => c.Name))
                            ?? "set evolve=\"true\" to add it, or leave it out with <select>"
                    );
            }
            else if (!table.Takes(column, target.IsTrue("evolve")))
                findings.Add(
                    Rule.TypeMismatch,
                    at,
                    $"table {name} has '{there.Name}' as {there.Type}, but what is written has it as {column.Type}",
                    "convert it with <derive>"
                );
        foreach (var demanded in table.Columns.Where(c => !c.Nullable && !columns.Any(d => Same(d.Name, c.Name))))
            findings.Add(
                Rule.SchemaDrift,
                at,
                $"table {name} demands the column '{demanded.Name}', which what is written does not have",
                "derive it"
            );
    }

    private static TableColumn? Find(Snapshot table, string name) => table.Columns.FirstOrDefault(c => Same(c.Name, name));

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);
}
