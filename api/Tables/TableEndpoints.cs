using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using ServerlessHub.Api.Problems;
using ServerlessHub.Orchestrations.Exports;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Tables;

/// <summary><c>/api/tables</c>: the tables of the lake and of the hub's history, as they are and as they were.</summary>
internal static class TableEndpoints
{
    private const int MostRows = 10_000;
    private const int MostCommits = 1_000;

    public static void Map(IEndpointRouteBuilder api)
    {
        var tables = api.MapGroup("/tables").WithTags("tables");
        tables
            .MapGet("/", List)
            .WithName("listTables")
            .WithSummary("The tables, with version, rows, files and size.")
            .WithDescription("All tables of the lake and of the hub's own history, or those of one application or layer.");
        var table = Below(tables, AppTablePath.Pattern);
        Map<AppTablePath>(table, "Table");
        TableExportEndpoints.Map(table);
        Map<HistoryTablePath>(Below(tables, HistoryTablePath.Pattern), "HistoryTable");
    }

    private static RouteGroupBuilder Below(RouteGroupBuilder tables, string pattern) =>
        tables.MapGroup(pattern).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static void Map<T>(RouteGroupBuilder table, string name)
        where T : TablePath
    {
        // As delegates, since the analyzer of handlers fails on those that are generic.
        Delegate show = Show<T>,
            history = History<T>,
            preview = Preview<T>,
            rows = Rows<T>,
            export = Export<T>;
        table
            .MapGet("/", show)
            .WithName($"get{name}")
            .WithSummary("A table's columns, partitions, properties and latest commits.")
            .WithDescription("As the table's log has them at its latest version.");
        table
            .MapGet("/history", history)
            .WithName($"list{name}Commits")
            .WithSummary("What was done to a table, the latest commit first.")
            .WithDescription("Each commit with its operation, how it was done, and what it did in numbers.");
        table
            .MapGet("/preview", preview)
            .WithName($"preview{name}")
            .WithSummary("The first rows of a table.")
            .WithDescription("As the table is now, or was at an earlier version whose files are still there.");
        table
            .MapGet("/rows", rows)
            .WithName($"find{name}Rows")
            .WithSummary("The rows that have the given values, such as a key.")
            .WithDescription(
                "Each column is a query parameter of its own name: ?customer_id=42. Files that hold no such row are not read."
            );
        table
            .MapGet("/export", export)
            .WithName($"stream{name}")
            .WithSummary("The whole table as a stream of CSV or of JSON lines.")
            .WithDescription(
                "Written as it is read, so its size does not matter. A connection that is cut means that the table could not be read to its end."
            )
            .Produces<string>(StatusCodes.Status200OK, "text/csv", "application/jsonl");
    }

    private static Ok<TableListOutput> List(
        HubRoot root,
        [Description("Those of this application only.")] string? app = null,
        [Description("Those of this layer only.")] string? layer = null,
        CancellationToken cancellation = default
    )
    {
        var names =
            from a in root.Apps()
            where app is null || a == app
            from l in PipelineSpec.Layers
            where layer is null || l == layer
            from name in root.Tables(a, l)
            select name;
        var history = app is null && (layer ?? TableName.History) == TableName.History ? root.HistoryTables() : [];
        return TypedResults.Ok(TableListOutput.Of(root, [.. names, .. history], cancellation));
    }

    private static Ok<TableDetailsOutput> Show<T>(HubRoot root, [AsParameters] T path)
        where T : TablePath
    {
        var (name, snapshot) = path.Read(root, version: null);
        return TypedResults.Ok(TableDetailsOutput.Of(name, snapshot, path.Find(root).Table));
    }

    private static Ok<TableHistoryOutput> History<T>(
        HubRoot root,
        [AsParameters] T path,
        [Description("How many commits at most.")] int limit = 20
    )
        where T : TablePath
    {
        var (name, _) = path.Read(root, version: null);
        return TypedResults.Ok(TableHistoryOutput.Of(name, path.Find(root).Table, Between(limit, MostCommits, nameof(limit))));
    }

    private static Ok<RowsOutput> Preview<T>(
        HubRoot root,
        [AsParameters] T path,
        [Description("How many rows at most.")] int rows = 20,
        [Description("The table as it was at this version.")] long? version = null,
        CancellationToken cancellation = default
    )
        where T : TablePath
    {
        var (name, snapshot) = path.Read(root, version);
        return TypedResults.Ok(
            TableRows.First(root, snapshot, Between(rows, MostRows, nameof(rows)), cancellation).ToOutput(name.ToString())
        );
    }

    private static Ok<RowsOutput> Rows<T>(
        HubRoot root,
        [AsParameters] T path,
        HttpRequest request,
        [Description("How many rows at most.")] int limit = 100,
        CancellationToken cancellation = default
    )
        where T : TablePath
    {
        var (name, snapshot) = path.Read(root, version: null);
        var values = request.Query.Where(q => q.Key != nameof(limit)).ToDictionary(q => q.Key, q => q.Value.ToString());
        if (values.Count == 0)
            throw ApiException.BadRequest("no column is named", "say which rows, for instance ?customer_id=42");
        using var engine = new QueryEngine(root);
        using var rows = TableLookup.Of(snapshot, engine.Connection, values);
        var count = Between(limit, MostRows, nameof(limit));
        return TypedResults.Ok(rows.Read(() => TableRows.Read(engine.Connection, rows.Sql, count, cancellation)).ToOutput(name.ToString()));
    }

    private static PushStreamHttpResult Export<T>(
        HubRoot root,
        [AsParameters] T path,
        [Description("csv, or json for one JSON object a line.")] EnumName<ExportFormat>? format = null,
        [Description("The table as it was at this version.")] long? version = null,
        CancellationToken cancellation = default
    )
        where T : TablePath
    {
        var (name, snapshot) = path.Read(root, version);
        var wanted = format?.Value ?? ExportFormat.Csv;
        var export = new TableStream(root, snapshot, wanted);
        return TypedResults.Stream(
            stream => export.Write(stream, cancellation),
            TableStream.ContentType(wanted),
            $"{name}.{(wanted == ExportFormat.Csv ? "csv" : "jsonl")}"
        );
    }

    private static int Between(int count, int most, string name) =>
        count >= 0 && count <= most ? count : throw ApiException.BadRequest($"'{name}' is {count}, and may be 0 to {most}");
}
