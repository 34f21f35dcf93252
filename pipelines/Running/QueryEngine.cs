using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Running;

/// <summary>An engine to read and look after tables of a hub root with: within a budget of memory, with a folder of its own for what is more, and in UTC.</summary>
public sealed class QueryEngine : IDisposable
{
    /// <summary>After this nobody works in a folder any more: its process has died.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(2);

    private readonly string folder;

    /// <summary>Opens it.</summary>
    /// <param name="root">The hub root.</param>
    /// <param name="memoryLimitBytes">The memory that the process may take; null for 60 % of the machine's.</param>
    /// <param name="threads">The threads at most; null for one a core.</param>
    public QueryEngine(HubRoot root, long? memoryLimitBytes = null, int? threads = null)
    {
        folder = Path.Combine(Folder(root), $"query-{Guid.NewGuid():N}");
        Database = Database.Open(EngineBudget.Options(memoryLimitBytes, threads, folder));
        Connection = Database.Connect();
        Connection.Execute("SET TimeZone = 'UTC'");
    }

    /// <summary>Its connection.</summary>
    public Connection Connection { get; }

    /// <summary>The database of the connection.</summary>
    internal Database Database { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Connection.Dispose();
        Database.Dispose();
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    /// <summary>Where the engine makes its folder when it needs one: the hub root's, or the machine's for who may only read the hub root.</summary>
    private static string Folder(HubRoot root)
    {
        try
        {
            var work = Directory.CreateDirectory(Path.Combine(root.Path, ".hub", "work"));
            foreach (var left in work.EnumerateDirectories("query-*").Where(query => DateTime.UtcNow - query.LastWriteTimeUtc > Abandoned))
                left.Delete(recursive: true);
            return work.FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Path.GetTempPath();
        }
    }
}
