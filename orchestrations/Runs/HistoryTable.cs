using System.Globalization;
using System.Text.Json;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Orchestrations.Runs;

/// <summary>
/// A Delta table of the history under <c>data/ops</c>. Its columns are the properties of the records that are its rows, and it is partitioned by
/// the first of them, <c>day</c>: what asks for a time, or goes back from now, opens few files.
/// </summary>
internal sealed class HistoryTable
{
    private const int Attempts = 10;

    private static readonly JsonSerializerOptions RowJson = new(DurableJson.Options)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    private readonly IReadOnlyList<(string Name, string Type)> columns;
    private readonly string[] keys;

    private HistoryTable(ILakeStorage storage, string name, Type row, TimeProvider time, params string[] keys)
    {
        this.keys = keys;
        columns = [.. row.GetProperties().Select(p => (JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name), SqlType(p.PropertyType)))];
        Table = new DeltaTable(storage, $"data/ops/{name}", time);
    }

    public DeltaTable Table { get; }

    public static HistoryTable OfJobs(ILakeStorage storage, TimeProvider time) => new(storage, "job_runs", typeof(JobRow), time, "run_id");

    public static HistoryTable OfNodes(ILakeStorage storage, TimeProvider time) =>
        new(storage, "node_runs", typeof(NodeRow), time, "run_id", "node");

    public static HistoryTable OfPipelines(ILakeStorage storage, TimeProvider time) =>
        new(storage, "pipeline_runs", typeof(PipelineRow), time, "run_id", "attempt", "started");

    /// <summary>A document as the column <c>document</c> has it.</summary>
    public static string Text<T>(T document) => JsonSerializer.Serialize(document, DurableJson.Options);

    /// <summary>A value of an enumeration as the columns have it.</summary>
    public static string? Name<T>(T? value)
        where T : struct, Enum => value is { } v ? JsonNamingPolicy.CamelCase.ConvertName(v.ToString()) : null;

    /// <summary>
    /// Adds the rows that the table does not have, by its keys: so adding the same again adds nothing, whoever does it, and whatever became of
    /// who did it before. A commit that somebody else was faster than is worked out again.
    /// </summary>
    /// <param name="connection">Reads and writes; its time zone is UTC.</param>
    /// <param name="workFolder">A folder for what is put aside meanwhile; it is made if need be.</param>
    /// <param name="rows">The rows, with the day that each has in the table.</param>
    /// <param name="ct">Ends it.</param>
    /// <returns>How many rows were added.</returns>
    /// <exception cref="RunException">Others were faster each time.</exception>
    /// <exception cref="LakeException">The table is damaged, or the storage fails.</exception>
    public long Add<TRow>(
        Connection connection,
        string workFolder,
        IReadOnlyCollection<(DateOnly Day, TRow Row)> rows,
        CancellationToken ct
    )
    {
        if (rows.Count == 0)
            return 0;
        var file = Path.Combine(Directory.CreateDirectory(workFolder).FullName, $"history-{Guid.NewGuid():N}.json");
        try
        {
            File.WriteAllLines(file, rows.Select(r => JsonSerializer.Serialize(r.Row, RowJson)));
            var range = new ColumnRange("day", Day(rows.Min(r => r.Day)), Day(rows.Max(r => r.Day)));
            for (var attempt = 0; attempt < Attempts; attempt++)
                if (TryAdd(connection, Incoming(file), range, ct) is { } added)
                    return added;
        }
        finally
        {
            File.Delete(file);
        }
        throw new RunException($"{Table.Path} was changed by others {Attempts} times meanwhile", "try again", isTransient: true);
    }

    private long? TryAdd(Connection connection, string incoming, ColumnRange range, CancellationToken ct)
    {
        var before = Table.TryRead(ct: ct);
        using var there = before?.Scan(connection, [range]);
        var missing = there is null
            ? incoming
            : $"""
                SELECT i.* FROM ({incoming}) AS i WHERE NOT EXISTS (SELECT 1 FROM (
                {there.Sql}
                ) AS t WHERE {string.Join(" AND ", keys.Select(k => $"t.{k} = i.{k}"))})
                """;
        using (var count = connection.Query($"SELECT count(*) FROM ({missing})", ct))
            if (count.Scalar<long>() == 0)
                return 0;
        using var staged = Table.Stage(connection, $"{missing} ORDER BY ALL", Options(before), ct);
        return staged.Commit(ct) is CommitResult.Committed ? staged.Metrics.RowsIn : null;
    }

    /// <summary>What is missing was worked out from one version of the table, so only the next one can have it.</summary>
    private static WriteOptions Options(Snapshot? before) =>
        new()
        {
            TransactionId = "history",
            TransactionVersion = (before?.Version ?? -1) + 1,
            ReadVersion = before?.Version,
            PartitionBy = ["day"],
            EvolveSchema = true,
            Properties = new Dictionary<string, string?> { ["delta.autoOptimize.autoCompact"] = "true" },
            CommitInfo = new Dictionary<string, string> { ["pipeline"] = "ops/history" },
        };

    private string Incoming(string file) =>
        $"""
            SELECT {string.Join(", ", columns.Select(c => c.Type == "VARCHAR" ? c.Name : $"CAST({c.Name} AS {c.Type}) AS {c.Name}"))}
            FROM read_json({Sql.Literal(file)}, format = 'newline_delimited', maximum_object_size = {1 << 30}, columns = {Columns()})
            """;

    private string Columns() => $"{{{string.Join(", ", columns.Select(c => $"{c.Name}: 'VARCHAR'"))}}}";

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string SqlType(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain.IsEnum || plain == typeof(string) ? "VARCHAR"
            : plain == typeof(DateOnly) ? "DATE"
            : plain == typeof(DateTimeOffset) ? "TIMESTAMPTZ"
            : plain == typeof(long) ? "BIGINT"
            : plain == typeof(int) ? "INTEGER"
            : plain == typeof(double) ? "DOUBLE"
            : throw new NotSupportedException($"A column of type {plain.Name} is none of the history's.");
    }
}
