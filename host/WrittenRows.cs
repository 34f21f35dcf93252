using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host;

/// <summary>Finds again what a run has written.</summary>
internal static class WrittenRows
{
    /// <summary>Reads what a target holds now, by a query for the connection; null where it is not in this hub root, or there is no row to read.</summary>
    public static T? Read<T>(HubRoot root, DocumentAddress address, TargetReport target, Connection connection, Func<string, T> read)
        where T : class
    {
        if (Table(address, target) is { } table)
            return Read(root, table, connection, read);
        return Path(target) is { } path && Query(root, target, path) is { } sql ? read(sql) : null;
    }

    /// <summary>Reads a table of the lake: a Delta table, or a mere folder of Parquet files. Null where neither has a row.</summary>
    public static T? Read<T>(HubRoot root, TableName table, Connection connection, Func<string, T> read)
        where T : class
    {
        if (LakeTable.Open(root, table).TryRead() is { } snapshot)
        {
            using var scan = snapshot.Scan(connection);
            return read(scan.Sql);
        }
        var folder = System.IO.Path.Combine(root.Path, table.Folder);
        return Directory.Exists(folder)
            ? read($"SELECT * FROM read_parquet({Sql.Literal(folder + "/**/*.parquet")}, union_by_name = true, hive_partitioning = true)")
            : null;
    }

    private static string? Query(HubRoot root, TargetReport target, string path)
    {
        var files = root.Named(path).Files().Where(f => f.Length > 0).Select(f => Sql.Literal(f.Location)).ToList();
        var list = $"[{string.Join(", ", files)}]";
        return files.Count == 0
            ? null
            : target.Kind switch
            {
                "csv" => $"SELECT * FROM read_csv({list}, union_by_name = true)",
                "json" => $"SELECT * FROM read_json({list}, union_by_name = true)",
                "parquet" => $"SELECT * FROM read_parquet({list}, union_by_name = true)",
                _ => null,
            };
    }

    /// <summary>The lake's table that a target writes; null where it writes none.</summary>
    public static TableName? Table(DocumentAddress address, TargetReport target) =>
        target.Place.StartsWith("table ", StringComparison.Ordinal) ? TableName.Parse(target.Place["table ".Length..], address.App) : null;

    /// <summary>The path that a target writes, as <see cref="HubRoot.Name"/> has it; null where it writes none.</summary>
    public static string? Path(TargetReport target) =>
        target.Place.StartsWith("path ", StringComparison.Ordinal) ? target.Place["path ".Length..] : null;
}
