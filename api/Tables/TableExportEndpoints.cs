using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using ServerlessHub.Api.Problems;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Exports;
using ServerlessHub.Orchestrations.Runs;

namespace ServerlessHub.Api.Tables;

/// <summary><c>/api/tables/…/exports</c>: tables exported as runs, whose files can be fetched for as long as they are kept.</summary>
internal static class TableExportEndpoints
{
    public static void Map(RouteGroupBuilder table)
    {
        table
            .MapPost("/exports", Start)
            .WithName("exportTable")
            .WithSummary("Exports a table into a file, as a run.")
            .WithDescription(
                "The run is accepted, and is watched, cancelled and listed as any other. It reads the table as it is now, or was at a version, and leaves one file."
            );
        table
            .MapGet("/exports/{run}", Download)
            .WithName("downloadExport")
            .WithSummary("The file that an export has written.")
            .WithDescription("A conflict for as long as the run goes on, and if it has failed. Parts of the file may be asked for.")
            .Produces<string>(StatusCodes.Status200OK, "text/csv", "application/jsonl")
            .ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Accepted<JobRun>> Start(
        JobHub hub,
        HttpContext context,
        [AsParameters] AppTablePath path,
        [Description("csv, or json for one JSON object a line.")] EnumName<ExportFormat>? format = null,
        [Description("The table as it was at this version.")] long? version = null,
        CancellationToken cancellation = default
    )
    {
        var (table, snapshot) = path.Read(hub.Root, version);
        var run = await new TableExports(hub).Start(
            table,
            snapshot.Version,
            format?.Value ?? ExportFormat.Csv,
            context.Caller().Name,
            cancellation
        );
        return TypedResults.Accepted($"/api/runs/{run.RunId}", run);
    }

    private static PhysicalFileHttpResult Download(
        JobHub hub,
        [AsParameters] AppTablePath path,
        [Description("The run.")] string run,
        CancellationToken cancellation = default
    )
    {
        var table = path.Find(hub.Root).Name;
        if (hub.History.Find(run, cancellation) is not { Kind: RunKind.Export } export)
            throw ApiException.NotFound(
                $"there is no export '{run}'",
                $"POST /api/tables/{table.App}/{table.Layer}/{table.Table}/exports makes one"
            );
        if (export.Status != JobStatus.Completed)
            throw ApiException.Conflict(
                export.HasEnded ? $"the export has {export.Status.ToString().ToLowerInvariant()}" : "the export goes on",
                $"GET /api/runs/{run} says where it stands"
            );
        if (new TableExports(hub).Find(table, export) is not { } file)
            throw ApiException.NotFound(
                $"run {run} has left no file of {table}",
                "its file was deleted, or it is the export of another table"
            );
        var format = file.Name.EndsWith(".csv", StringComparison.Ordinal) ? ExportFormat.Csv : ExportFormat.Json;
        return TypedResults.PhysicalFile(
            file.Location,
            TableStream.ContentType(format),
            Path.GetFileName(file.Name),
            file.Modified,
            enableRangeProcessing: true
        );
    }
}
