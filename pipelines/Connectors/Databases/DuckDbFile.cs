using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>
/// A DuckDB file that is open in this process: once, however many sessions use it, since a second opening would not see the first one's lock. It is
/// sealed, so that a document's SQL reaches this database only, and one folder of its own through which rows are handed over as Parquet.
/// </summary>
internal sealed class DuckDbFile : IDisposable
{
    private static readonly Dictionary<string, DuckDbFile> Files = [];
    private static readonly Lock Guard = new();

    private readonly string path;
    private readonly Database database;
    private int users;

    private DuckDbFile(string path)
    {
        this.path = path;
        database = Database.Open(new DatabaseOptions { Path = path, TempDirectory = path + ".tmp" });
        Exchange = Directory.CreateTempSubdirectory("hub-duckdb-").FullName;
        using (var connection = database.Connect())
            connection.Execute("SET GLOBAL TimeZone = 'UTC'");
        database.Seal([Exchange], []);
    }

    /// <summary>The folder through which rows are handed over.</summary>
    public string Exchange { get; }

    /// <summary>Opens a file, or joins those who have it open; to be disposed once for each call.</summary>
    /// <param name="path">The file, absolute and without links.</param>
    /// <exception cref="EngineException">It is no database, or another process has it open.</exception>
    public static DuckDbFile Open(string path)
    {
        lock (Guard)
        {
            if (!Files.TryGetValue(path, out var file))
                Files[path] = file = new DuckDbFile(path);
            file.users++;
            return file;
        }
    }

    /// <summary>A connection to it.</summary>
    public Connection Connect() => database.Connect();

    /// <summary>Closes it when nobody uses it any more.</summary>
    public void Dispose()
    {
        lock (Guard)
        {
            if (--users > 0)
                return;
            Files.Remove(path);
            database.Dispose();
        }
        Directory.Delete(Exchange, recursive: true);
    }
}
