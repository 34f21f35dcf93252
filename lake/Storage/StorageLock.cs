namespace ServerlessHub.Lake.Storage;

/// <summary>A lock that one holder at a time has, of all processes that use a storage.</summary>
public abstract class StorageLock : IDisposable
{
    /// <summary>Whether it is surely still held: a remote storage gives it to others when its holder was cut off for long.</summary>
    public abstract bool IsHeld { get; }

    /// <summary>Gives it back.</summary>
    public abstract void Dispose();
}
