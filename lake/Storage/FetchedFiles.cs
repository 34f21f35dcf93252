namespace ServerlessHub.Lake.Storage;

/// <summary>Files of a storage where the engine can read them. They stay there until it is disposed.</summary>
public sealed class FetchedFiles : IDisposable
{
    private readonly IReadOnlyList<IDisposable> _pins;

    /// <summary>Names the files.</summary>
    /// <param name="paths">Where they are on this machine, in the order in which they were asked for.</param>
    /// <param name="pins">What keeps them there.</param>
    public FetchedFiles(IReadOnlyList<string> paths, IReadOnlyList<IDisposable> pins) => (Paths, _pins) = (paths, pins);

    /// <summary>Where the files are on this machine, in the order in which they were asked for.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>Lets them go.</summary>
    public void Dispose()
    {
        foreach (var pin in _pins)
            pin.Dispose();
    }
}
