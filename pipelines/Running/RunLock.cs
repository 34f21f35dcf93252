using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Pipelines.Running;

/// <summary>Keeps two runs of one pipeline on one hub root apart: they would read the same increments. It ends with the process that holds it.</summary>
internal static class RunLock
{
    /// <summary>Takes the lock until it is disposed.</summary>
    /// <exception cref="RunException">Another run of the pipeline holds it.</exception>
    public static IDisposable Take(HubRoot root, DocumentAddress address)
    {
        var folder = Directory.CreateDirectory(Path.Combine(root.Path, ".hub", "locks")).FullName;
        var file = Path.Combine(folder, $"{address.App}.{address.Layer}.{address.Id}.lock");
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException e) when (e is not DirectoryNotFoundException)
        {
            throw new RunException(
                $"another run of '{address.Id}' is going on in this hub root",
                "wait until it has ended, or cancel it",
                isTransient: true,
                inner: e
            );
        }
    }
}
