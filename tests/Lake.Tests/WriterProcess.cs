using System.Diagnostics;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Tests;

/// <summary>This program, started by a test as a writer in a process of its own.</summary>
internal static class WriterProcess
{
    /// <summary>Writes to the table <c>t</c> of a root until its writes are done, and says so after each: <c>done N</c>.</summary>
    public static int Main(string[] args)
    {
        if (args[0] == WorkProcess.Name)
            return WorkProcess.Run(args[1], int.Parse(args[2]), args[3]);
        if (args[0] == ReaderProcess.Name)
            return ReaderProcess.Run(args);
        if (args[0] == ClickHouseProcess.Name)
            return ClickHouseProcess.Run(args[1]);
        var (root, name, count, mode) = (args[0], args[1], int.Parse(args[2]), Enum.Parse<WriteMode>(args[3]));
        using var database = Database.Open();
        using var connection = database.Connect();
        var table = new DeltaTable(Open(root), "t");
        for (var i = 0; i < count; i++)
        {
            var options = new WriteOptions
            {
                Mode = mode,
                Keys = ["id"],
                TransactionId = $"{name}-{i}",
            };
            while (table.Write(connection, RowsSql(name, i), options).Result is CommitResult.Conflicted) { }
            Console.WriteLine($"done {i}");
        }
        return 0;
    }

    private static ILakeStorage Open(string root) =>
        AzurePlace.IsOne(root) ? new AzureBlobStorage(AzurePlace.Parse(root), FileCache.OfUser()) : new LocalStorage(root);

    /// <summary>The rows of a writer's write: enough for its files to take a while, each with an id of its own.</summary>
    public static string RowsSql(string name, int write) =>
        $"SELECT '{name}-{write}-' || i AS id, repeat(md5(i::VARCHAR), 3) AS payload FROM range({RowsPerWrite}) t(i)";

    public const int RowsPerWrite = 500;

    /// <param name="root">The folder, or the address, of the lake.</param>
    /// <param name="name">The writer's name.</param>
    /// <param name="count">How often it writes.</param>
    /// <param name="mode">How it writes.</param>
    /// <param name="cache">The folder of the cache for a lake that has an address.</param>
    public static Process Start(string root, string name, int count, WriteMode mode, string? cache = null)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(WriterProcess).Assembly.Location, root, name, $"{count}", $"{mode}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HUB_CACHE"] = cache;
        return Process.Start(start)!;
    }
}
