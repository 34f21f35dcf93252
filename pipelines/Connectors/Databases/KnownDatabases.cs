using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>
/// The databases that the documents of one validation name. Each is kept open, since many documents ask the same one; one that could not be
/// reached is not tried again, since each try may take as long as the first. One thread at a time may use it.
/// </summary>
internal sealed class KnownDatabases : IDisposable
{
    private readonly Dictionary<(string Url, string? User), DatabaseSession> open = [];
    private readonly Dictionary<(string Url, string? User), RunException> unreachable = [];

    /// <summary>A session of its own on a database.</summary>
    /// <exception cref="RunException">It cannot be reached, or could not be before.</exception>
    public DatabaseSession Open(DatabaseAddress address, HubRoot root)
    {
        var key = (address.Url.ToString(), address.User);
        if (unreachable.TryGetValue(key, out var before))
            throw new RunException(before.Message, before.Hint, before.IsTransient, before);
        try
        {
            if (!open.ContainsKey(key))
                open[key] = DatabaseSession.Open(address, root, isWritten: false);
            return DatabaseSession.Open(address, root, isWritten: false);
        }
        catch (RunException e)
        {
            unreachable[key] = e;
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var session in open.Values)
            session.Dispose();
    }
}
