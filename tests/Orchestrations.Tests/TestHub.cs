using ServerlessHub.Pipelines.Running;
using ServerlessHub.Pipelines.Secrets;

namespace ServerlessHub.Orchestrations.Tests;

/// <summary>A hub root in a folder of its own.</summary>
internal sealed class TestHub : IDisposable
{
    private readonly Dictionary<string, string> environment = [];

    public TestHub()
    {
        Folder = Directory.CreateTempSubdirectory("hub-orchestrations-").FullName;
        Directory.CreateDirectory(Path.Combine(Folder, "config/applications/sales/staging/jobs"));
        Root = new HubRoot(Folder);
        Secrets = new HubSecrets(Folder, name => environment.GetValueOrDefault(name));
    }

    public string Folder { get; }

    public HubRoot Root { get; }

    public HubSecrets Secrets { get; }

    public void SetEnvironment(string name, string value) => environment[name] = value;

    public string Write(string path, string content)
    {
        var file = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        return file;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
