using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Tests.Running;

/// <summary>A hub root in a folder of its own, removed with the test.</summary>
internal sealed class TemporaryHub : IDisposable
{
    private readonly string outer = Directory.CreateTempSubdirectory("hub-test-").FullName;

    public TemporaryHub()
    {
        Directory.CreateDirectory(Path.Combine(outer, "root"));
        Root = new HubRoot(Path.Combine(outer, "root"));
    }

    /// <summary>The hub root.</summary>
    public HubRoot Root { get; }

    /// <summary>The folder around the hub root, which nothing may reach.</summary>
    public string Outside => outer;

    /// <summary>Writes a file below the hub root and gives its absolute path.</summary>
    public string Write(string path, string content)
    {
        var file = Path.Combine(Root.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        return file;
    }

    /// <summary>Writes bytes to a file below the hub root and gives its absolute path.</summary>
    public string Write(string path, byte[] content)
    {
        var file = Path.Combine(Root.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
        return file;
    }

    public void Dispose() => Directory.Delete(outer, recursive: true);
}
