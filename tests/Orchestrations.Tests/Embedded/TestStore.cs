using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Embedded;

namespace ServerlessHub.Orchestrations.Tests.Embedded;

/// <summary>A store in a folder of its own, and the runtime that is open on it.</summary>
internal sealed class TestStore : IDisposable
{
    private EmbeddedRuntime? _runtime;

    public string Folder { get; } = Directory.CreateTempSubdirectory("hub-durable-").FullName;

    /// <summary>The segments, the oldest first.</summary>
    public List<string> Segments => [.. Directory.GetFiles(Folder, "*.journal").Order(StringComparer.Ordinal)];

    public EmbeddedRuntime Open(DurableTasks tasks, EmbeddedOptions? options = null, TimeProvider? time = null)
    {
        var runtime = new EmbeddedRuntime(tasks, Folder, options, time);
        runtime.Start();
        return _runtime = runtime;
    }

    /// <summary>Stops what is open on it.</summary>
    public async Task Close()
    {
        if (_runtime is { } runtime)
            await runtime.DisposeAsync();
        _runtime = null;
    }

    /// <summary>What is on disk now, elsewhere. The newest goes first, since those before it do not change any more.</summary>
    public TestStore Copy()
    {
        var copy = new TestStore();
        foreach (var file in Segments.AsEnumerable().Reverse())
            File.Copy(file, Path.Combine(copy.Folder, Path.GetFileName(file)));
        return copy;
    }

    public void Dispose()
    {
        Task.Run(Close).GetAwaiter().GetResult();
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }
}
