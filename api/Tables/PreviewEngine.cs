using ServerlessHub.Engine;

namespace ServerlessHub.Api.Tables;

/// <summary>An engine to look at a few rows with.</summary>
public sealed class PreviewEngine : IDisposable
{
    private readonly Database database = Database.Open();

    /// <summary>Opens it; its time zone is UTC.</summary>
    public PreviewEngine()
    {
        Connection = database.Connect();
        Connection.Execute("SET TimeZone = 'UTC'");
    }

    /// <summary>Its connection.</summary>
    public Connection Connection { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Connection.Dispose();
        database.Dispose();
    }
}
