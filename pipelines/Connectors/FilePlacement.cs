namespace ServerlessHub.Pipelines.Connectors;

/// <summary>
/// How files come from where they are written to where they are seen. What is to be done is written down in a manifest before any of it is, so
/// that it can be finished by another process.
/// </summary>
internal abstract class FilePlacement
{
    /// <summary>For the place of a plan: on a disk, or in Azure storage.</summary>
    public static FilePlacement Of(FilePlan plan, RunContext context) =>
        context.Root.RemoteAt(plan.Location) is { } remote ? new BlobPlacement(plan, context, remote) : new DiskPlacement(plan, context);

    /// <summary>Where on this machine the engine writes: a folder of parts or, for a single file, the file.</summary>
    public abstract string Fresh { get; }

    /// <summary>The folder that <see cref="Fresh"/> is in.</summary>
    public abstract string Folder { get; }

    /// <summary>Whether something is at the place.</summary>
    public abstract bool IsThere();

    /// <summary>Makes <see cref="Folder"/>, and clears up what dead runs left.</summary>
    public abstract void Open();

    /// <summary>Brings the files so far that only small steps are left; they survive this machine's loss of power, and nobody sees them.</summary>
    /// <returns>The manifest of these steps.</returns>
    /// <exception cref="IOException">It failed; nothing is seen.</exception>
    public abstract byte[] Prepare(IReadOnlyList<string> files, CancellationToken cancellation);

    /// <summary>Takes the steps of a manifest. What was done before is not done again.</summary>
    /// <returns>False if what was prepared is not there any more.</returns>
    public abstract bool TryFinish(byte[] manifest);

    /// <summary>Deletes what was written and is not to be put in place.</summary>
    public abstract void Discard();

    /// <summary>The file, or those below the folder, in ordinal order; none if nothing is there.</summary>
    public static IEnumerable<string> Files(string path) =>
        File.Exists(path) ? [path]
        : Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        : [];
}
