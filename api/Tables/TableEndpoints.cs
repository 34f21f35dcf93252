using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using ServerlessHub.Api.Problems;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Tables;

/// <summary><c>/api/tables</c>: the tables of the lake, as they are and as they were.</summary>
internal static class TableEndpoints
{
    private const int MostRows = 10_000;
    private const int MostCommits = 1_000;

    public static void Map(IEndpointRouteBuilder api)
    {
        var tables = api.MapGroup("/tables").WithTags("tables");
        tables
            .MapGet("/", List)
            .WithSummary("The tables, with version, rows, files and size.")
            .WithDescription("All tables of the lake, or those of one application or layer.");
        var table = tables
            .MapGroup("/{app}/{layer}/{table}")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        table
            .MapGet("/", Show)
            .WithSummary("A table's columns, partitions, properties and latest commits.")
            .WithDescription("As the table's log has them at its latest version.");
        table
            .MapGet("/history", History)
            .WithSummary("What was done to a table, the latest commit first.")
            .WithDescription("Each commit with its operation, how it was done, and what it did in numbers.");
        table
            .MapGet("/preview", Preview)
            .WithSummary("The first rows of a table.")
            .WithDescription("As the table is now, or was at an earlier version whose files are still there.");
        table
            .MapGet("/rows", Rows)
            .WithSummary("The rows that have the given values, such as a key.")
            .WithDescription(
                "Each column is a query parameter of its own name: ?customer_id=42. Files that hold no such row are not read."
            );
        table
            .MapGet("/export", Export)
            .WithSummary("The whole table as a stream of CSV or of JSON lines.")
            .WithDescription(
                "Written as it is read, so its size does not matter. A connection that is cut means that the table could not be read to its end."
            )
            .Produces<string>(StatusCodes.Status200OK, "text/csv", "application/jsonl");
    }

    private static Ok<TableListOutput> List(
        HubRoot root,
        [Description("Those of this application only.")] string? app = null,
        [Description("Those of this layer only.")] string? layer = null
    )
    {
        var names =
            from a in root.Apps()
            where app is null || a == app
            from l in PipelineSpec.Layers
            where layer is null || l == layer
            from name in root.Tables(a, l)
            select name;
        // A folder whose log has no commit yet is a table that is just being made.
        var tables = names.Select(n => Open(root, n).TryRead() is { } snapshot ? TableOutput.Of(n, snapshot) : null).OfType<TableOutput>();
        return TypedResults.Ok(new TableListOutput([.. tables]));
    }

    private static Ok<TableDetailsOutput> Show(
        HubRoot root,
        [Description("The application.")] string app,
        [Description("The layer.")] string layer,
        [Description("The table.")] string table
    )
    {
        var (name, snapshot) = Read(root, app, layer, table, version: null);
        return TypedResults.Ok(TableDetailsOutput.Of(name, snapshot, Open(root, name)));
    }

    private static Ok<TableHistoryOutput> History(
        HubRoot root,
        [Description("The application.")] string app,
        [Description("The layer.")] string layer,
        [Description("The table.")] string table,
        [Description("How many commits at most.")] int limit = 20
    )
    {
        var (name, _) = Read(root, app, layer, table, version: null);
        return TypedResults.Ok(TableHistoryOutput.Of(name, Open(root, name), Between(limit, MostCommits, nameof(limit))));
    }

    private static Ok<RowsOutput> Preview(
        HubRoot root,
        [Description("The application.")] string app,
        [Description("The layer.")] string layer,
        [Description("The table.")] string table,
        [Description("How many rows at most.")] int rows = 20,
        [Description("The table as it was at this version.")] long? version = null,
        CancellationToken cancellation = default
    )
    {
        var (name, snapshot) = Read(root, app, layer, table, version);
        using var engine = new PreviewEngine();
        using var scan = snapshot.Scan(engine.Connection);
        var count = Between(rows, MostRows, nameof(rows));
        return TypedResults.Ok(TableRows.Read(engine.Connection, scan.Sql, count, cancellation).ToOutput(name.ToString()));
    }

    private static Ok<RowsOutput> Rows(
        HubRoot root,
        [Description("The application.")] string app,
        [Description("The layer.")] string layer,
        [Description("The table.")] string table,
        HttpRequest request,
        [Description("How many rows at most.")] int limit = 100,
        CancellationToken cancellation = default
    )
    {
        var (name, snapshot) = Read(root, app, layer, table, version: null);
        var values = request.Query.Where(q => q.Key != nameof(limit)).ToDictionary(q => q.Key, q => q.Value.ToString());
        if (values.Count == 0)
            throw ApiException.BadRequest("no column is named", "say which rows, for instance ?customer_id=42");
        using var engine = new PreviewEngine();
        using var rows = TableLookup.Of(snapshot, engine.Connection, values);
        var count = Between(limit, MostRows, nameof(limit));
        return TypedResults.Ok(TableRows.Read(engine.Connection, rows.Sql, count, cancellation).ToOutput(name.ToString()));
    }

    private static PushStreamHttpResult Export(
        HubRoot root,
        [Description("The application.")] string app,
        [Description("The layer.")] string layer,
        [Description("The table.")] string table,
        [Description("csv, or json for one JSON object a line.")] EnumName<ExportFormat>? format = null,
        [Description("The table as it was at this version.")] long? version = null,
        CancellationToken cancellation = default
    )
    {
        var (name, snapshot) = Read(root, app, layer, table, version);
        var wanted = format?.Value ?? ExportFormat.Csv;
        var export = new TableExport(snapshot, wanted);
        return TypedResults.Stream(
            stream => export.Write(stream, cancellation),
            export.ContentType,
            $"{name}.{(wanted == ExportFormat.Csv ? "csv" : "jsonl")}"
        );
    }

    private static DeltaTable Open(HubRoot root, TableName name) => new(root.Storage, name.Folder);

    private static (TableName Name, Snapshot Snapshot) Read(HubRoot root, string app, string layer, string table, long? version)
    {
        var text = $"{app}.{layer}.{table}";
        if (TableName.Parse(text, app) is not { } name || !root.Tables(app, layer).Contains(name))
            throw ApiException.NotFound($"there is no table '{text}'", "GET /api/tables lists those that are there");
        if (version < 0)
            throw ApiException.BadRequest($"'version' is {version}, and the first version is 0");
        try
        {
            return Open(root, name).TryRead(version) is { } snapshot
                ? (name, snapshot)
                : throw ApiException.NotFound($"table {name} has no commit yet");
        }
        catch (LakeException e) when (version is not null)
        {
            throw ApiException.NotFound(TableName.Explain(e), $"GET /api/tables/{app}/{layer}/{table}/history lists the versions");
        }
    }

    private static int Between(int count, int most, string name) =>
        count >= 0 && count <= most ? count : throw ApiException.BadRequest($"'{name}' is {count}, and may be 0 to {most}");
}
