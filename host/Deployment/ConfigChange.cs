namespace ServerlessHub.Host.Deployment;

/// <summary>What becomes of a file of the configuration.</summary>
internal enum ConfigChangeKind
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>It is another one than there.</summary>
    Changed,

    /// <summary>It is there, and not here any more.</summary>
    Removed,
}

/// <summary>A file of the configuration that is another one here than there.</summary>
/// <param name="File">Its path in the hub root.</param>
/// <param name="Kind">What becomes of it.</param>
/// <param name="LinesAdded">Lines that are new; of a file that is no text 0.</param>
/// <param name="LinesRemoved">Lines that go.</param>
internal sealed record ConfigChange(string File, ConfigChangeKind Kind, int LinesAdded, int LinesRemoved);
