using ServerlessHub.Engine;

namespace ServerlessHub.Host;

/// <summary>An engine to look at a few rows with.</summary>
internal sealed class PreviewEngine : IDisposable
{
    private readonly Database database = Database.Open();

    public PreviewEngine()
    {
        Connection = database.Connect();
        Connection.Execute("SET TimeZone = 'UTC'");
    }

    /// <summary>Its connection.</summary>
    public Connection Connection { get; }

    public void Dispose()
    {
        Connection.Dispose();
        database.Dispose();
    }
}
