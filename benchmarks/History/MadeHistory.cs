using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Benchmarks.History;

/// <summary>A year of runs, as they are folded: a file a day, one node each, one run in fifty failed.</summary>
internal static class MadeHistory
{
    private const int Days = 365;

    public static RunHistory Open(string folder)
    {
        var root = new HubRoot(folder);
        return new(root, new RunDocuments(root.Storage), TimeProvider.System);
    }

    public static void Make(string folder, long runs)
    {
        Directory.CreateDirectory(folder);
        var storage = new HubRoot(folder).Storage;
        using var database = Database.Open(new() { TempDirectory = Path.GetTempPath() });
        using var connection = database.Connect();
        connection.Execute("SET TimeZone = 'UTC'");
        connection.Execute(
            $$"""
            CREATE VIEW runs AS SELECT *, CAST(queued AS DATE) AS day, strftime(queued, '%Y%m%d-%H%M%S-') || lower(printf('%08x', i)) AS run_id,
                'job-' || i % 500 AS job, CASE WHEN i % 50 = 0 THEN 'failed' ELSE 'completed' END AS status,
                CASE WHEN i % 50 = 0 THEN 'landing/' || i || '.csv:12: ''abc'' is no integer, in column ''age''' END AS error,
                strftime(queued, '%Y-%m-%dT%H:%M:%S+00:00') AS text
            FROM (SELECT range AS i, TIMESTAMP '2025-01-01' + INTERVAL (range * {{Days
                * 86400L}} // {{runs}}) SECOND AS queued FROM range({{runs}}))
            """
        );
        Write(
            "job_runs",
            $$"""
            SELECT day, CAST(queued AS TIMESTAMPTZ) AS queued, run_id, 'sales' AS app, 'staging' AS layer, job, 'job' AS kind, status, 'schedule' AS trigger,
                'schedule' AS triggered_by, 'fresh' AS lane, CAST(queued + INTERVAL 1 SECOND AS TIMESTAMPTZ) AS started,
                CAST(queued + INTERVAL 61 SECOND AS TIMESTAMPTZ) AS ended, 1.0::DOUBLE AS queued_seconds, 60.0::DOUBLE AS seconds, NULL::VARCHAR AS fingerprint,
                i AS rows_read, i AS rows_written, error,
                '{"runId":"' || run_id || '","app":"sales","layer":"staging","job":"' || job || '","kind":"job","version":"1.0","revision":"'
                || sha256(job) || '","status":"' || status || '","parameters":{"runDate":"' || day || '","country":"CH"},"trigger":{"kind":"schedule","by":"schedule","detail":"0 4 * * *"},'
                || '"businessDate":"' || day || '","lane":"fresh","queued":"' || text || '","started":"' || text || '","ended":"' || text || '"'
                || CASE WHEN error IS NULL THEN '' ELSE ',"error":{"message":"' || error || '","class":"data","fingerprint":"1-0"}' END || ',"nodes":[]}' AS document
            FROM runs
            """
        );
        Write(
            "node_runs",
            """
            SELECT day, CAST(queued AS TIMESTAMPTZ) AS queued, run_id, 'load' AS node, 0 AS position, 'sales' AS app, 'staging' AS layer, job, 'pipeline' AS kind,
                CASE status WHEN 'failed' THEN status ELSE 'succeeded' END AS status, 60.0::DOUBLE AS seconds, i AS rows_read,
                '{"node":"load","kind":"pipeline","status":"' || CASE status WHEN 'failed' THEN status ELSE 'succeeded' END || '","document":"sales/staging/load","attempts":1,"childRunId":"'
                || run_id || '.load","started":"' || text || '","ended":"' || text || '","rowsRead":' || i || '}' AS document
            FROM runs
            """
        );

        void Write(string table, string sql)
        {
            var options = new WriteOptions { TransactionId = "make", PartitionBy = ["day"] };
            if (
                new DeltaTable(storage, $"data/ops/{table}").Write(connection, $"{sql} ORDER BY day, queued, run_id", options).Result
                is not CommitResult.Committed
            )
                throw new InvalidOperationException($"{table} was not committed.");
        }
    }
}
