namespace ServerlessHub.Lake.Log;

/// <summary>The action by which a writer later knows that its work is done: how far an application has come.</summary>
internal sealed record SetTransaction
{
    public required string AppId { get; init; }

    public required long Version { get; init; }

    public long? LastUpdated { get; init; }
}
