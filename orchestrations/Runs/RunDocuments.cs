using System.Collections.Concurrent;
using System.Text.Json;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Runs;

/// <summary>
/// The documents of runs that go on, or have ended and are not folded into the history yet: <c>data/ops/jobs/&lt;run&gt;/run.json</c>, and
/// <c>nodes/&lt;node&gt;.json</c> beside it. Each is written by one writer and whole; a reader never waits. One object serves a whole process: it
/// remembers what it has read, so that a listing reads only what has changed. Any thread may use it.
/// </summary>
public sealed class RunDocuments(ILakeStorage storage)
{
    private const string Folder = "data/ops/jobs";
    private const string RunFile = "run.json";

    private readonly ConcurrentDictionary<string, (StoredFile File, JobRun Run)> known = [];

    /// <summary>Writes the document of a run that begins.</summary>
    /// <returns>False if there is one of this id already; it is left as it is.</returns>
    /// <exception cref="ArgumentException">The id could not be a folder's name.</exception>
    /// <exception cref="RunException">It cannot be written.</exception>
    public bool Create(JobRun run) => Try(FileOf(run.RunId), file => storage.WriteIfAbsent(file, ToJson(run)));

    /// <summary>Writes a run's document in place of what is there. One that has ended stays as it is.</summary>
    /// <exception cref="ArgumentException">The id could not be a folder's name.</exception>
    /// <exception cref="RunException">It cannot be written, or others write it without end.</exception>
    public void Write(JobRun run) =>
        Try(
            FileOf(run.RunId),
            file =>
            {
                const int Most = 5;
                for (var attempt = 0; attempt < Most; attempt++)
                {
                    var before = storage.Find(file);
                    if (before is not null && !run.HasEnded && TryParse<JobRun>(storage.Read(file)) is { HasEnded: true })
                        return true;
                    if (storage.TryReplace(file, ToJson(run), before) is not null)
                        return true;
                }
                throw new RunException($"{file} was written by others {Most} times meanwhile", "try again", isTransient: true);
            }
        );

    /// <summary>The document of a node, to be written by whoever runs it from now on; who wrote it before writes it no more.</summary>
    /// <exception cref="ArgumentException">The run's or the node's id could not be a name in a folder.</exception>
    /// <exception cref="RunException">The storage fails.</exception>
    public NodeDocument OpenNode(string runId, string node)
    {
        var file = FileOf(runId, node);
        return Try(file, _ => new NodeDocument(storage, file, storage.Find(file)));
    }

    /// <summary>A run with its nodes as they are now, or null if there is no document of it.</summary>
    /// <exception cref="ArgumentException">The id could not be a folder's name.</exception>
    /// <exception cref="RunException">The document is damaged, or cannot be read.</exception>
    public JobRun? Find(string runId)
    {
        var file = FileOf(runId);
        if (Try(file, storage.Read) is not { } json)
            return null;
        var run = TryParse<JobRun>(json) ?? throw Damaged(file);
        return run.HasEnded && run.Nodes.Count > 0 ? run : run with { Nodes = Nodes(run) };
    }

    /// <summary>A node of a run as its own document has it, or null if there is none that can be read.</summary>
    /// <exception cref="ArgumentException">The run's or the node's id could not be a name in a folder.</exception>
    /// <exception cref="RunException">The storage fails.</exception>
    public NodeRun? FindNode(string runId, string node) => TryParse<NodeRun>(Try(FileOf(runId, node), storage.Read));

    /// <summary>All runs that have a document, without their nodes, newest first; and the documents that are damaged, which keep nothing else from being listed.</summary>
    /// <exception cref="RunException">The storage fails.</exception>
    public RunListing List()
    {
        var runs = new List<JobRun>();
        var damaged = new List<string>();
        var present = new HashSet<string>();
        foreach (var file in Try(Folder, storage.ListBelow).Where(IsRun))
        {
            present.Add(file.Path);
            if (Read(file, damaged) is { } run)
                runs.Add(run);
        }
        foreach (var gone in known.Keys.Where(path => !present.Contains(path)))
            known.TryRemove(gone, out _);
        runs.Sort(RunOrder.NewestFirst);
        return new(runs, damaged);
    }

    /// <summary>Deletes all documents of a run. Interrupted, it is done again: the run's own goes last.</summary>
    /// <exception cref="ArgumentException">The id could not be a folder's name.</exception>
    /// <exception cref="RunException">The storage fails.</exception>
    public void Delete(string runId)
    {
        var file = FileOf(runId);
        Try(
            file,
            _ =>
            {
                foreach (var other in storage.ListBelow($"{Folder}/{runId}").Where(other => other.Path != file))
                    storage.Delete(other.Path);
                storage.Delete(file);
                storage.DeleteFolder($"{Folder}/{runId}/nodes", DateTimeOffset.MaxValue);
                storage.DeleteFolder($"{Folder}/{runId}", DateTimeOffset.MaxValue);
                return true;
            }
        );
        known.TryRemove(file, out var _);
    }

    private static bool IsRun(StoredFile file) => file.Path.Split('/') is [_, _, _, _, RunFile];

    private JobRun? Read(StoredFile file, List<string> damaged)
    {
        if (known.TryGetValue(file.Path, out var before) && before.File == file)
            return before.Run;
        if (Try(file.Path, storage.Read) is not { } json)
            return null;
        if (TryParse<JobRun>(json) is not { } run)
        {
            damaged.Add(file.Path);
            return null;
        }
        run = run with { Nodes = [] };
        known[file.Path] = (file, run);
        return run;
    }

    /// <summary>What the nodes' own documents say; a damaged one says at least that.</summary>
    private List<NodeRun> Nodes(JobRun run)
    {
        var nodes = run.Nodes.ToDictionary(n => n.Node);
        foreach (
            var file in Try($"{Folder}/{run.RunId}/nodes", folder => storage.List(folder))
                .Where(f => f.Name.EndsWith(".json", StringComparison.Ordinal))
        )
        {
            if (Try(file.Path, storage.Read) is not { } json)
                continue;
            var id = file.Name[..^".json".Length];
            nodes[id] =
                TryParse<NodeRun>(json)
                ?? new NodeRun
                {
                    Node = id,
                    Status = NodeStatus.Running,
                    Note = Damaged(file.Path).Message,
                };
        }
        return [.. nodes.Values.OrderBy(n => n.Started ?? n.Queued ?? DateTimeOffset.MaxValue).ThenBy(n => n.Node, StringComparer.Ordinal)];
    }

    internal static byte[] ToJson<T>(T document) => JsonSerializer.SerializeToUtf8Bytes(document, DurableJson.Options);

    private static T? TryParse<T>(byte[]? json)
        where T : class
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<T>(json, DurableJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static RunException Damaged(string file) =>
        new($"{file} is damaged: it is not the JSON of a run", "restore it from a backup, or delete it");

    private static string FileOf(string runId) => $"{Folder}/{Checked(runId)}/{RunFile}";

    private static string FileOf(string runId, string node) => $"{Folder}/{Checked(runId)}/nodes/{NodeRunId.FileName(node)}.json";

    private static string Checked(string id) =>
        RunId.IsValid(id) ? id : throw new ArgumentException($"'{id}' is no id: it is letters, digits, '-', '_' and '.'.", nameof(id));

    internal static T Try<T>(string file, Func<string, T> work)
    {
        try
        {
            return work(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var isTransient = e is not StorageException { IsTransient: false };
            throw new RunException($"{file}: {e.Message}", isTransient: isTransient, inner: e);
        }
    }
}

/// <summary>The runs that have a document.</summary>
/// <param name="Runs">The runs, newest first, without their nodes.</param>
/// <param name="Damaged">The documents that cannot be read, by their paths in the hub root.</param>
public sealed record RunListing(IReadOnlyList<JobRun> Runs, IReadOnlyList<string> Damaged);
