using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Reading;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Writing;

/// <summary>What a table is to be once a query is written to it: worked out, and checked, before anything is written.</summary>
internal sealed record WriteTarget
{
    /// <summary>The table's path.</summary>
    public required string Table { get; init; }

    /// <summary>The table as it is; null if there is none yet.</summary>
    public required Snapshot? Before { get; init; }

    /// <summary>The columns of the query; empty if there is none.</summary>
    public IReadOnlyList<Column> Incoming { get; init; } = [];

    /// <summary>The table's columns, and which of the query's each gets.</summary>
    public required SchemaMatch Match { get; init; }

    public required TableMetadata Metadata { get; init; }

    /// <summary>Whether the metadata is another than before.</summary>
    public required bool MetadataChanges { get; init; }

    /// <summary>The table's protocol, if it is another than before.</summary>
    public TableProtocol? NewProtocol { get; init; }

    public TableProtocol Protocol => NewProtocol ?? Before!.Protocol;

    /// <summary>What the table demands of the rows to be written.</summary>
    public required RowRules Rules { get; init; }

    /// <summary>Whether rows that change must be written, too, for those who follow the table's changes.</summary>
    public bool KeepsChanges => Protocol.Supports("changeDataFeed") && Metadata.IsSet("delta.enableChangeDataFeed");

    /// <summary>Whether rows may be listed as deleted.</summary>
    public bool WritesVectors => Protocol.Supports("deletionVectors") && Metadata.IsSet("delta.enableDeletionVectors");

    public StructType Schema => Match.Schema;

    /// <summary>The columns by which rows keep their numbers; null if they need not.</summary>
    public RowTracking? Tracking => RowTracking.Of(Protocol, Metadata);

    /// <summary>The target for rows that the table has already, which keep their numbers: with these as columns.</summary>
    public WriteTarget Numbered() =>
        Tracking is { } tracking ? this with { Match = Match with { Schema = new([.. Schema.Fields, .. tracking.Fields]) } } : this;

    /// <summary>How the rows lie in files.</summary>
    public FileLayout Layout =>
        new(Schema, Metadata.PartitionColumns, IsMapped(Protocol, Metadata), FileLayout.IsMaterialized(Protocol, Metadata));

    public IReadOnlyList<SchemaField> PartitionFields => [.. Metadata.PartitionColumns.Select(column => Schema.Find(column)!)];

    /// <summary>The query's rows as rows of the table: each column in its type, what the query does not have as null.</summary>
    public string SelectSql(string query)
    {
        var columns = Schema.Fields.Select(field =>
            $"{(HasSource(field) ? FromSource(field) : Absent(field))} AS {Sql.Identifier(field.Name)}"
        );
        return $"SELECT {string.Join(", ", columns)} FROM (\n{query}\n) AS source";
    }

    public bool HasSource(SchemaField field) => Source(field) is not null;

    /// <summary>The value of a column in an incoming row, <c>source</c>, in the column's type.</summary>
    public string FromSource(SchemaField field)
    {
        var column = Incoming.First(column => column.Name == Source(field));
        return Cast(field, column.Type.Kind == TypeKind.Null ? "NULL" : $"source.{Sql.Identifier(column.Name)}");
    }

    /// <summary>The value that a row of the table, <c>target</c>, has in a column; of a column that is new, or has grown, in its type to be.</summary>
    public string Present(SchemaField field)
    {
        if (Tracking is { } tracking && tracking.Fields.Any(number => number.Name == field.Name))
            return $"target.{Sql.Identifier(field.Name)}";
        if (Before?.Schema.Find(field.Name) is not { } before)
            return Cast(field, "NULL");
        var present = $"target.{Sql.Identifier(field.Name)}";
        return before.Type == field.Type ? present : Cast(field, present);
    }

    /// <summary>The value of a column that a new row does not say.</summary>
    public string Absent(SchemaField field) => Cast(field, Rules.Default(field) ?? "NULL");

    /// <summary>An expression in a column's type.</summary>
    public string Cast(SchemaField field, string expression)
    {
        var value = $"CAST((\n{expression}\n) AS {TypeMapping.ToEngine(field.Type)})";
        // The log has no empty text as a partition value; it means null there.
        return field.Type == DeltaType.String && Metadata.PartitionColumns.Contains(field.Name) ? $"nullif({value}, '')" : value;
    }

    /// <summary>Values by the columns as the table spells them.</summary>
    /// <exception cref="LakeException">The table has no such column, or it is named twice.</exception>
    public IReadOnlyDictionary<string, string> Assignments(IReadOnlyDictionary<string, string> set)
    {
        var values = new Dictionary<string, string>();
        foreach (var (name, value) in set)
        {
            if (Schema.Find(name) is not { } field)
                throw new LakeException(Table, $"it has no column '{name}' that could be set.", Before?.Version);
            if (!values.TryAdd(field.Name, value))
                throw new LakeException(Table, $"the column '{field.Name}' is set twice.", Before?.Version);
        }
        return values;
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
        if (before is not null)
            RequireWritable(table, before, onlyAppends: options.Mode is WriteMode.Append);
        RequireSettable(table, options);
        using var statement = connection.Prepare(query);
        try
        {
            var declared = before?.Schema ?? (options.Schema is { } columns ? SchemaMatch.Declare(columns) : null);
            var match = SchemaMatch.Create(
                declared,
                Matched(statement.Columns, declared, options),
                options.EvolveSchema,
                before is not null && TypeWidening.IsEnabled(before.Protocol, before.Metadata)
            );
            if (before is not null)
                match = match with { Schema = TypeWidening.Dated(match.Schema, before) };
            var partitionColumns = PartitionColumns(match.Schema, options, before);
            RequireKeys(match, options);
            var metadata = Describe(match.Schema, partitionColumns, before, options.Properties, now);
            var protocol = before?.Protocol ?? TableProperties.Protocol(TableProtocol.Oldest, metadata.Configuration!);
            var isMapped = IsMapped(protocol, metadata);
            ColumnNames.Require(match.Schema, before?.Schema, isMapped);
            if (isMapped && metadata != before?.Metadata)
            {
                (metadata, var placed) = ColumnMapping.Assign(metadata, match.Schema);
                match = match with { Schema = placed };
            }
            return new()
            {
                Table = table,
                Before = before,
                Incoming = statement.Columns,
                Match = match,
                Metadata = metadata,
                MetadataChanges = before is null || metadata.SchemaString != before.Metadata.SchemaString,
                NewProtocol = before is null ? protocol : null,
                Rules = before is null ? RowRules.None : RowRules.Of(connection, before.Protocol, metadata, match.Schema),
            };
        }
        catch (FormatException e)
        {
            throw new LakeException(table, e.Message, before?.Version, cause: e);
        }
    }

    /// <summary>The target of a change of rows that are in the table already.</summary>
    /// <exception cref="LakeException">The table cannot be written to.</exception>
    public static WriteTarget OfRows(string table, Snapshot before, Connection connection)
    {
        var target = Of(table, before);
        try
        {
            return target with { Rules = RowRules.Of(connection, before.Protocol, before.Metadata, before.Schema) };
        }
        catch (FormatException e)
        {
            throw new LakeException(table, $"it cannot be written to: {e.Message}", before.Version, cause: e);
        }
    }

    /// <summary>Likewise, where no row gets another value.</summary>
    /// <exception cref="LakeException">The table cannot be written to.</exception>
    public static WriteTarget Of(string table, Snapshot before)
    {
        RequireWritable(table, before, onlyAppends: false);
        return OfFiles(table, before);
    }

    /// <summary>Likewise, where rows only come to lie in other files; the caller has checked that the table can be written to.</summary>
    public static WriteTarget OfFiles(string table, Snapshot before) =>
        new()
        {
            Table = table,
            Before = before,
            Match = new() { Schema = before.Schema, Sources = [.. before.Schema.Fields.Select(_ => (string?)null)] },
            Metadata = before.Metadata,
            MetadataChanges = false,
            Rules = RowRules.None,
        };

    private static bool IsMapped(TableProtocol protocol, TableMetadata metadata) =>
        ColumnMapping.ModeOf(protocol, metadata) != ColumnMapping.None;

    private static void RequireSettable(string table, WriteOptions options)
    {
        try
        {
            TableProperties.RequireSettable(options.Properties);
        }
        catch (FormatException e)
        {
            throw new LakeException(table, e.Message, cause: e);
        }
    }

    private string? Source(SchemaField field) =>
        Schema.Fields.Zip(Match.Sources).FirstOrDefault(column => column.First.Name == field.Name).Second;

    /// <summary>Refuses a table that needs of writers what this version does not have, before anything is touched.</summary>
    /// <exception cref="LakeException">It does; the message names it.</exception>
    public static void RequireWritable(string table, Snapshot before, bool onlyAppends)
    {
        if (ProtocolSupport.WhyNotWritable(before.Protocol, before.Metadata, before.Schema, onlyAppends) is { } reason)
            throw new LakeException(table, $"it cannot be written to: {reason}", before.Version);
    }

    /// <summary>Refuses partitions whose values the engine does not hand over as the log spells them.</summary>
    /// <exception cref="FormatException">There are such; the message names the column.</exception>
    public static void RequirePartitionable(IEnumerable<SchemaField> columns)
    {
        if (columns.FirstOrDefault(field => !PartitionValue.CanPartition(field.Type)) is { } field)
            throw new FormatException(
                $"rows cannot be written to partitions by '{field.Name}', which is {TypeMapping.ToEngine(field.Type)}; partition by another column, or by a text of it."
            );
    }

    /// <summary>A merge with clauses of its own may use columns of the query in conditions that are no columns of the table.</summary>
    private static IReadOnlyList<Column> Matched(IReadOnlyList<Column> incoming, StructType? declared, WriteOptions options)
    {
        var takesAll = options.Clauses.Any(clause => clause.Action != MergeAction.Delete && clause.Set.Count == 0);
        if (declared is null || options.Clauses.Count == 0 || (options.EvolveSchema && takesAll))
            return incoming;
        return [.. incoming.Where(column => declared.Find(column.Name) is not null)];
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
        RequirePartitionable(columns.Select(column => schema.Find(column)!));
        if (options.Mode == WriteMode.OverwritePartitions && columns.Count == 0)
            throw new FormatException(
                "it has no partitions that could be overwritten; name the columns to partition by, or overwrite all of it."
            );
        return columns;
    }

    private static void RequireKeys(SchemaMatch match, WriteOptions options)
    {
        if (options.Mode is not (WriteMode.Merge or WriteMode.History))
            return;
        if (options.Keys.Count == 0)
            throw new FormatException("a merge needs keys; name the columns by which a row is found again.");
        if (
            options.Mode == WriteMode.History
            && options.History.Tracked.FirstOrDefault(name => match.Schema.Find(name) is null) is { } tracked
        )
            throw new FormatException($"the column '{tracked}' whose history is to be kept is none of its columns.");
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
        IReadOnlyDictionary<string, string?> properties,
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
                Configuration = properties.Where(property => property.Value is not null).ToDictionary(),
                CreatedTime = now.ToUnixTimeMilliseconds(),
            };

    private static string Names(IReadOnlyList<string> names) =>
        names.Count == 0 ? "nothing" : string.Join(", ", names.Select(name => $"'{name}'"));
}
