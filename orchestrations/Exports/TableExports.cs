using System.Text;
using System.Xml.Linq;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Exports;

/// <summary>
/// Exports of whole tables as runs. Each is a pipeline that is made for it, reads the table at one version and writes one file below the application's
/// <c>exports</c>; so it is listed, watched, cancelled and done again as any other run, and is whole or not there.
/// </summary>
public sealed class TableExports(JobHub hub)
{
    private readonly JobStarter starter = new(hub);

    /// <summary>Starts an export.</summary>
    /// <param name="table">The table, of an application.</param>
    /// <param name="version">The version that is exported.</param>
    /// <param name="format">How.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="ct">Ends it; whether the run was started is open then.</param>
    /// <returns>The run.</returns>
    /// <exception cref="RunException">The storage fails.</exception>
    public async Task<JobRun> Start(TableName table, long version, ExportFormat format, string by, CancellationToken ct)
    {
        var now = hub.Time.GetUtcNow();
        var runId = RunId.New(hub.Time);
        var file = Pipeline(table, version, format, runId);
        new RevisionStore(hub.Root.Storage).Keep(file);
        var given = new Dictionary<string, string>();
        var pinned = new PinnedDocument("", false, file.Address, file.Name, file.Revision);
        var run = new JobRun
        {
            RunId = runId,
            App = table.App,
            Layer = table.Layer,
            Job = file.Address.Id,
            Kind = RunKind.Export,
            Version = $"{version}",
            Revision = file.Revision,
            Status = JobStatus.Queued,
            Parameters = JobParameters.Kept(given, JobParameters.Of([], file.Address, given, runId, now, new Diagnostics())),
            Trigger = new RunTrigger(TriggerKind.Http, by, $"{table} version {version}"),
            Queued = now,
            Documents = [pinned, pinned with { Node = file.Address.Id }],
        };
        await starter.Start(run, ct);
        return run;
    }

    /// <summary>The file that an export of a table has written.</summary>
    /// <param name="table">The table.</param>
    /// <param name="run">The run, which has completed.</param>
    /// <returns>The file; null where the run is no export of the table, or its file was deleted since.</returns>
    /// <exception cref="RunException">The storage fails.</exception>
    public SourceFile? Find(TableName table, JobRun run)
    {
        if (run.Kind != RunKind.Export || (run.App, run.Layer, run.Job) != (table.App, table.Layer, IdOf(table)))
            return null;
        var formats = Enum.GetValues<ExportFormat>().Select(format => PathOf(table, format, run.RunId));
        return formats.SelectMany(path => hub.Root.Target(path, AddressOf(table)).Files()).FirstOrDefault();
    }

    private static DocumentFile Pipeline(TableName table, long version, ExportFormat format, string runId)
    {
        var xml = new XElement(
            "pipeline",
            new XAttribute("id", IdOf(table)),
            new XAttribute("version", version),
            new XAttribute("layer", table.Layer),
            new XElement("metadata", new XElement("description", $"Exports {table} as it was at version {version}.")),
            new XElement(
                "sources",
                new XElement("table", new XAttribute("id", "rows"), new XAttribute("name", table), new XAttribute("version", version))
            ),
            new XElement(
                "targets",
                new XElement(
                    format == ExportFormat.Csv ? "csv" : "json",
                    new XAttribute("path", PathOf(table, format, runId)),
                    new XAttribute("mode", "overwrite"),
                    new XAttribute("singleFile", "true")
                )
            )
        );
        return DocumentFile.Of(AddressOf(table), $"export of {table}", Encoding.UTF8.GetBytes(xml.ToString()), new Diagnostics())!;
    }

    private static string PathOf(TableName table, ExportFormat format, string runId) =>
        $"exports/{runId}/{table.Table}.{(format == ExportFormat.Csv ? "csv" : "jsonl")}";

    private static DocumentAddress AddressOf(TableName table) => new(table.App, table.Layer, IdOf(table));

    private static string IdOf(TableName table) => $"export.{table.Table}";
}
