using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Reading;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Writing;

/// <summary>What a table is to be once a query is written to it: worked out, and checked, before anything is written.</summary>
internal sealed record WriteTarget
{
    /// <summary>The table as it is; null if there is none yet.</summary>
    public required Snapshot? Before { get; init; }

    public required SchemaMatch Match { get; init; }

    public required TableMetadata Metadata { get; init; }

    /// <summary>Whether the metadata is another than before.</summary>
    public required bool MetadataChanges { get; init; }

    public StructType Schema => Match.Schema;

    public IReadOnlyList<SchemaField> PartitionFields => [.. Metadata.PartitionColumns.Select(column => Schema.Find(column)!)];

    /// <summary>The query's rows as rows of the table: each column in its type, what the query does not have as null.</summary>
    public string SelectSql(string query)
    {
        var columns = Schema.Fields.Select((field, index) => $"{Value(field, Match.Sources[index])} AS {Sql.Identifier(field.Name)}");
        return $"SELECT {string.Join(", ", columns)} FROM (\n{query}\n) AS incoming";
    }

    /// <summary>A column of the query in the type of the table's column.</summary>
    public string Value(SchemaField field, string? source)
    {
        var type = TypeMapping.ToEngine(field.Type);
        if (source is null)
            return $"CAST(NULL AS {type})";
        var value = $"CAST(incoming.{Sql.Identifier(source)} AS {type})";
        // The log has no empty text as a partition value; it means null there.
        return field.Type == DeltaType.String && Metadata.PartitionColumns.Contains(field.Name) ? $"nullif({value}, '')" : value;
    }

    /// <summary>Works the target out.</summary>
    /// <exception cref="LakeException">Table, query and options do not go together; the message says what does not.</exception>
    /// <exception cref="EngineException">The query is wrong.</exception>
    public static WriteTarget Resolve(
        string table,
        Connection connection,
        string query,
        WriteOptions options,
        Snapshot? before,
        DateTimeOffset now
    )
    {
        if (
            before is not null
            && ProtocolSupport.WhyNotWritable(before.Protocol, before.Metadata, before.Schema, options.Mode) is { } reason
        )
            throw new LakeException(table, $"it cannot be written to: {reason}", before.Version);
        using var statement = connection.Prepare(query);
        try
        {
            var declared = before?.Schema ?? (options.Schema is { } columns ? SchemaMatch.Declare(columns) : null);
            var match = SchemaMatch.Create(declared, statement.Columns, options.EvolveSchema);
            var partitionColumns = PartitionColumns(match.Schema, options, before);
            RequireKeys(match, options);
            var metadata = Describe(match.Schema, partitionColumns, before, now);
            return new()
            {
                Before = before,
                Match = match,
                Metadata = metadata,
                MetadataChanges = before is null || metadata.SchemaString != before.Metadata.SchemaString,
            };
        }
        catch (FormatException e)
        {
            throw new LakeException(table, e.Message, before?.Version, cause: e);
        }
    }

    private static IReadOnlyList<string> PartitionColumns(StructType schema, WriteOptions options, Snapshot? before)
    {
        List<string> wanted =
        [
            .. options.PartitionBy.Select(name =>
                schema.Find(name)?.Name ?? throw new FormatException($"it is to be partitioned by '{name}', which is none of its columns.")
            ),
        ];
        var columns =
            before is null || (wanted.Count > 0 && !wanted.SequenceEqual(before.PartitionColumns)) ? wanted : before.PartitionColumns;
        if (before is not null && !columns.SequenceEqual(before.PartitionColumns))
            throw new FormatException(
                $"it is partitioned by {Names(before.PartitionColumns)}, not by {Names(wanted)}; a table keeps its partitioning, so write to a new one."
            );
        if (columns.Distinct().Count() != columns.Count)
            throw new FormatException($"it is to be partitioned by {Names(columns)}, which names a column twice.");
        if (columns.Count == schema.Fields.Count)
            throw new FormatException("it has no column beside those that it is partitioned by; a table needs one.");
        if (columns.Select(column => schema.Find(column)!).FirstOrDefault(field => !PartitionValue.CanPartition(field.Type)) is { } field)
            throw new FormatException($"it cannot be partitioned by '{field.Name}', which is {TypeMapping.ToEngine(field.Type)}.");
        if (options.Mode == WriteMode.OverwritePartitions && columns.Count == 0)
            throw new FormatException(
                "it has no partitions that could be overwritten; name the columns to partition by, or overwrite all of it."
            );
        return columns;
    }

    private static void RequireKeys(SchemaMatch match, WriteOptions options)
    {
        if (options.Mode != WriteMode.Merge)
            return;
        if (options.Keys.Count == 0)
            throw new FormatException("a merge needs keys; name the columns by which a row is found again.");
        foreach (var key in options.Keys)
        {
            if (match.Schema.Find(key) is not { } field)
                throw new FormatException($"the key '{key}' is none of its columns.");
            if (match.Sources[match.Schema.Fields.ToList().IndexOf(field)] is null)
                throw new FormatException($"the query has no column for the key '{key}'.");
        }
    }

    private static TableMetadata Describe(
        StructType schema,
        IReadOnlyList<string> partitionColumns,
        Snapshot? before,
        DateTimeOffset now
    ) =>
        before is not null
            ? before.Schema == schema || SchemaJson.Write(before.Schema) == SchemaJson.Write(schema)
                ? before.Metadata
                : before.Metadata with
                {
                    SchemaString = SchemaJson.Write(schema),
                }
            : new()
            {
                Id = Guid.NewGuid().ToString(),
                Format = new("parquet", new Dictionary<string, string?>()),
                SchemaString = SchemaJson.Write(schema),
                PartitionColumns = partitionColumns,
                Configuration = new Dictionary<string, string?>(),
                CreatedTime = now.ToUnixTimeMilliseconds(),
            };

    private static string Names(IReadOnlyList<string> names) =>
        names.Count == 0 ? "nothing" : string.Join(", ", names.Select(name => $"'{name}'"));
}
