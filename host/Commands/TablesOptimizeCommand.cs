using System.CommandLine;
using ServerlessHub.Host.Output;
using ServerlessHub.Lake.Maintenance;

namespace ServerlessHub.Host.Commands;

/// <summary><c>hub tables optimize</c></summary>
internal sealed class TablesOptimizeCommand : HubCommand
{
    private static readonly Option<string?> Where = new("--where")
    {
        Description = "Only partitions for which this condition on the partition columns is true.",
        HelpName = "condition",
    };

    private static readonly Option<string?> ClusterBy = new("--cluster-by")
    {
        Description = "Columns by which rows are to lie together, so that a search by any of them opens few files.",
        HelpName = "columns",
    };

    public TablesOptimizeCommand()
        : base("optimize", "Write a table's small files anew as larger ones, or in the order of columns.")
    {
        Details =
            "No row changes, and who reads or appends meanwhile notices nothing. Files with many deleted rows are written anew without them. "
            + "The old files stay until 'hub tables vacuum' deletes them.";
        Arguments.Add(TableArguments.Table);
        Options.Add(Where);
        Options.Add(ClusterBy);
        Options.Add(TableArguments.Memory);
        Options.Add(CommonOptions.Root);
        Options.Add(CommonOptions.Json);
        ExitCodes = [ExitCode.NotFound, ExitCode.Failed];
        JsonOutput = typeof(OptimizeOutput);
        Examples =
        [
            ("hub tables optimize staging.events", "Put small files together."),
            ("hub tables optimize staging.events --where \"day >= '2026-01-01'\"", "Of some partitions."),
            ("hub tables optimize staging.customer --cluster-by country,customer_id", "Order the rows by two columns at once."),
        ];
    }

    public override ExitCode Execute(Invocation invocation)
    {
        var root = invocation.HubRoot();
        var name = Named.Table(root, invocation.Value(TableArguments.Table)!);
        var options = new OptimizeOptions
        {
            Where = invocation.Value(Where),
            ClusterBy =
                invocation.Value(ClusterBy)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
            CommitInfo = TableArguments.Commit().CommitInfo,
        };
        using var engine = TableArguments.Engine(invocation, root);
        var result = LakeTable.Open(root, name).Optimize(engine.Connection, options, invocation.Cancellation);
        if (result.Warning is { } warning)
            invocation.Terminal.Error.WriteLine($"warning: {warning}");
        if (result.Conflict is { } conflict)
            throw new CommandException(
                ExitCode.Failed,
                $"other writers changed the same files again and again: {conflict.Reason}",
                $"{result.Commits} commits were made and stay; do it again when fewer write"
            );
        Write(
            invocation,
            new(
                $"{name}",
                result.Version,
                result.Commits,
                result.FilesRemoved,
                result.FilesAdded,
                result.BytesRemoved,
                result.BytesAdded,
                result.Rows
            )
        );
        return ExitCode.Done;
    }

    private static void Write(Invocation invocation, OptimizeOutput output)
    {
        if (invocation.Json)
            invocation.Terminal.WriteJson(output, OutputJson.Default.OptimizeOutput);
        else if (output.Version is null)
            invocation.Terminal.WriteLine($"{output.Table} has no files that are worth writing anew");
        else
            invocation.Terminal.WriteLine(
                $"optimized: {output.Table} is at version {output.Version}; {output.FilesRemoved} files ({Quantity.Bytes(output.BytesRemoved)}) "
                    + $"became {output.FilesAdded} ({Quantity.Bytes(output.BytesAdded)})"
            );
    }
}
