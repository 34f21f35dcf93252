using System.Globalization;
using System.Text.Json.Nodes;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Reading;

/// <summary>
/// The rows that a range of commits changed: from the files of changes where a commit has them, otherwise from the files that it added and
/// removed, or the difference of their deletion vectors.
/// </summary>
internal sealed class ChangeFeed(string table, TableLog log, Snapshot first, Snapshot last)
{
    private const string Property = "delta.enableChangeDataFeed";
    private static readonly SchemaField ChangeType = new("_change_type", DeltaType.String, Nullable: false, new JsonObject());
    private static readonly string[] AddedColumns = [ChangeType.Name, "_commit_version", "_commit_timestamp"];

    private readonly List<(long Version, DateTimeOffset Time, string? Type, IReadOnlyList<DataFile> Files)> _parts = [];

    /// <summary>Reads the commits and writes the query.</summary>
    /// <exception cref="LakeException">The feed is off, a commit is gone, or the schema has changed so that rows of one cannot be read.</exception>
    public SnapshotScan Read(Connection? connection, CancellationToken ct)
    {
        if (last.Schema.Fields.FirstOrDefault(field => AddedColumns.Contains(field.Name, StringComparer.OrdinalIgnoreCase)) is { } taken)
            throw new LakeException(table, $"its column '{taken.Name}' has a name that the change feed needs; rename it.", last.Version);
        Require(first.Metadata, first.Protocol, first.Version);
        var modified = log.Commits().ToDictionary(commit => commit.Version, commit => commit.Timestamp);
        var times = new CommitTimes(log, last.Metadata);
        for (var version = first.Version; version <= last.Version; version++)
        {
            ct.ThrowIfCancellationRequested();
            var actions = log.ReadCommit(version);
            foreach (var metadata in actions.Select(action => action.MetaData).OfType<TableMetadata>())
                Require(metadata, last.Protocol, version);
            Collect(version, times.Of(version, modified.GetValueOrDefault(version), actions), actions);
        }
        return Scan(connection, ct);
    }

    private void Require(TableMetadata metadata, TableProtocol protocol, long version)
    {
        if (!metadata.IsSet(Property))
            throw new LakeException(
                table,
                $"its change feed was off ({Property} was not true), so what changed then cannot be told; begin with a version at which it was on.",
                version
            );
        try
        {
            var schema = ColumnMapping.Apply(
                SchemaJson.Parse(metadata.SchemaString ?? throw new FormatException("its metaData action has no schema")),
                ColumnMapping.ModeOf(protocol, metadata)
            );
            if (SchemaChange.WhyNotReadable(schema, last.Schema) is { } problem)
                throw new FormatException(
                    $"{problem} until version {last.Version}, so the changes cannot be read in one go; read those before and after apart"
                );
        }
        catch (FormatException e)
        {
            throw new LakeException(table, $"{e.Message}.", version, cause: e);
        }
    }

    private void Collect(long version, DateTimeOffset time, IReadOnlyList<LogAction> actions)
    {
        var changes = actions.Select(action => action.Cdc).OfType<ChangeFile>().ToList();
        if (changes.Count > 0)
        {
            Add(null, changes.Select(file => File(version, file.Path, file.PartitionValues, file.Size, default)));
            return;
        }
        var added = actions.Select(action => action.Add).OfType<AddFile>().Where(file => file.DataChange != false).ToList();
        var removed = actions
            .Select(action => action.Remove)
            .OfType<RemoveFile>()
            .Where(file => file.DataChange != false)
            .ToDictionary(file => FileKey.Decode(file.Path));
        var again = added
            .Where(file => removed.ContainsKey(FileKey.Decode(file.Path)))
            .Select(file => (File: file, Now: file.DeletionVector, Before: removed[FileKey.Decode(file.Path)].DeletionVector))
            .ToList();
        Add(
            "insert",
            [
                .. added
                    .Where(file => !removed.ContainsKey(FileKey.Decode(file.Path)))
                    .Select(file => File(version, file.Path, file.PartitionValues, file.Size, new(file.DeletionVector))),
                .. again
                    .Where(file => file.Before is not null && file.Before != file.Now)
                    .Select(file =>
                        File(version, file.File.Path, file.File.PartitionValues, file.File.Size, new(file.Now, Only: file.Before))
                    ),
            ]
        );
        Add(
            "delete",
            [
                .. removed
                    .Values.ExceptBy(again.Select(file => FileKey.Decode(file.File.Path)), file => FileKey.Decode(file.Path))
                    .Select(file => File(version, file.Path, file.PartitionValues, file.Size, new(file.DeletionVector))),
                .. again
                    .Where(file => file.Now is not null && file.Before != file.Now)
                    .Select(file =>
                        File(version, file.File.Path, file.File.PartitionValues, file.File.Size, new(file.Before, Only: file.Now))
                    ),
            ]
        );

        void Add(string? type, IEnumerable<DataFile> files) => _parts.Add((version, time, type, [.. files]));
    }

    private DataFile File(
        long version,
        string path,
        IReadOnlyDictionary<string, string?>? partitionValues,
        long? size,
        RowSelection selection
    ) =>
        partitionValues is null && last.PartitionColumns.Count > 0
            ? throw new LakeException(
                table,
                "the log does not say to which partition the file belonged, so its rows cannot be told.",
                version,
                FileKey.Decode(path)
            )
            : new DataFile(
                new()
                {
                    Path = path,
                    PartitionValues = partitionValues,
                    Size = size ?? 0,
                }
            )
            {
                Selection = selection,
            };

    private SnapshotScan Scan(Connection? connection, CancellationToken ct)
    {
        var scans = _parts
            .Where(part => part.Files.Count > 0)
            .DefaultIfEmpty((last.Version, default, null, []))
            .Select(part => (part, Scan: last.Scan(connection, part.Files, part.Type is null ? ChangeType : null, ct)))
            .ToList();
        var queries = scans.Select(scan => Query(scan.part.Version, scan.part.Time, scan.part.Type, scan.Scan.Sql));
        return new(
            string.Join("\nUNION ALL ", queries),
            [.. scans.SelectMany(scan => scan.Scan.Filters)],
            [.. scans.SelectMany(scan => scan.Scan.Fetched)]
        )
        {
            Paths = [.. scans.SelectMany(scan => scan.Scan.Paths)],
            Explain = e => scans.Select(scan => scan.Scan.Explain(e)).FirstOrDefault(known => known is not null),
        };
    }

    private string Query(long version, DateTimeOffset time, string? type, string sql)
    {
        var columns = last.Columns.Select(column => Sql.Identifier(column.Name)).Append(type is null ? ChangeType.Name : Sql.Literal(type));
        var number = version.ToString(CultureInfo.InvariantCulture);
        return $"""
            SELECT {string.Join(", ", columns)} AS {AddedColumns[0]}, CAST({number} AS BIGINT) AS {AddedColumns[1]}, {Sql.Literal(
                time
            )} AS {AddedColumns[2]}
            FROM ({sql})
            """;
    }
}
