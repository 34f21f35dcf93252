using System.Diagnostics;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Maintenance;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Tests;

/// <summary>
/// This program, started by a test as a process that does all kinds of work on the table <c>t</c> of a root, one step after the other,
/// and goes on where the table says that it was.
/// </summary>
internal static class WorkProcess
{
    public const string Name = "work";

    /// <summary>Starts it.</summary>
    /// <param name="root">The root of the lake.</param>
    /// <param name="steps">After which step it ends.</param>
    /// <param name="policy">The kind of checkpoints, as <c>delta.checkpointPolicy</c> has it.</param>
    public static Process Start(string root, int steps, string policy) =>
        Process.Start(
            new ProcessStartInfo("dotnet", [typeof(WorkProcess).Assembly.Location, Name, root, $"{steps}", policy])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;

    /// <summary>Says <c>done N</c> when a step is committed, and <c>cared N</c> after what was done to the table's files then.</summary>
    public static int Run(string root, int steps, string policy)
    {
        using var database = Database.Open();
        using var connection = database.Connect();
        var table = new DeltaTable(new LocalStorage(root), "t");
        for (var step = WorkModel.StepsDone(table) + 1; step <= steps; step++)
        {
            Do(table, connection, step, policy);
            Console.WriteLine($"done {step}");
            Care(table, connection, step);
            Console.WriteLine($"cared {step}");
        }
        return 0;
    }

    private static void Do(DeltaTable table, Connection connection, int step, string policy)
    {
        var options = new WriteOptions
        {
            TransactionId = Name,
            TransactionVersion = step,
            Keys = ["id"],
            Properties = new Dictionary<string, string?>
            {
                ["delta.enableDeletionVectors"] = "true",
                ["delta.checkpointInterval"] = "3",
                ["delta.checkpointPolicy"] = policy,
            },
        };
        using var staged = WorkModel.KindOf(step) switch
        {
            WorkKind.Append => table.Stage(connection, WorkModel.RowsSql(step), options),
            WorkKind.Merge => table.Stage(connection, WorkModel.RowsSql(step), options with { Mode = WriteMode.Merge }),
            WorkKind.Delete => table.StageDelete(connection, $"id % {WorkModel.Deleted} = {step}", options),
            _ => table.StageUpdate(
                connection,
                new Dictionary<string, string> { ["v"] = $"v + {step}" },
                $"id % {WorkModel.Updated} = {step}",
                options
            ),
        };
        if (staged.Commit() is not CommitResult.Committed)
            throw new InvalidOperationException($"Step {step} could not be committed.");
    }

    private static void Care(DeltaTable table, Connection connection, int step)
    {
        if (step % 2 == 0)
            table.Optimize(connection, new() { ClusterBy = step % 4 == 0 ? ["id", "v"] : [], TargetFileSize = 1 << 20 });
        if (step % 3 == 0)
            table.Vacuum(new() { OlderThan = TimeSpan.Zero, Force = true });
    }
}
