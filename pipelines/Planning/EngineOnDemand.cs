using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>
/// An engine of one thread that is opened when something is asked of it first: many documents ask nothing, and to open one takes longer than to validate them.
/// Not safe for use by several threads at once.
/// </summary>
/// <param name="isSealed">Whether it reaches no file and no network.</param>
internal sealed class EngineOnDemand(bool isSealed) : IDisposable
{
    private Database? database;
    private Connection? connection;

    /// <summary>The connection to it.</summary>
    public Connection Connection => connection ??= Open();

    /// <inheritdoc/>
    public void Dispose()
    {
        connection?.Dispose();
        database?.Dispose();
    }

    private Connection Open()
    {
        database = Database.Open(new DatabaseOptions { Threads = 1 });
        var opened = database.Connect();
        opened.Execute("SET TimeZone = 'UTC'");
        if (isSealed)
            database.Seal([], []);
        return opened;
    }
}
