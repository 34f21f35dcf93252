using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Pipelines.Running;

/// <summary>A run that has begun to commit.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Attempt">Which attempt of it, from 1.</param>
/// <param name="Parameters">What it was given, in text form.</param>
public sealed record PendingRun(string RunId, int Attempt, IReadOnlyDictionary<string, string> Parameters);

/// <summary>
/// How far the successful runs of a pipeline have read its sources. Before a run commits its first target it writes down how far it has read, with
/// its id, as pending; when all targets are committed, that becomes what holds. A run that finds a pending one repeats it first: with the same id,
/// so that targets that are committed stay as they are, and the same input, so that the others get what those got.
/// </summary>
public sealed class SourceState
{
    private const string Folder = "data/ops/state";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly HubRoot root;
    private readonly string file;
    private readonly Dictionary<string, JsonElement> advanced = [];
    private StoredFile? stored;
    private Content content;

    private SourceState(HubRoot root, string file, StoredFile? stored, Content content) =>
        (this.root, this.file, this.stored, this.content) = (root, file, stored, content);

    /// <summary>The run that has begun to commit and did not end; null when there is none.</summary>
    public PendingRun? Pending => content.Pending?.Run;

    /// <summary>The last run whose progress holds; null when there is none, or what it read counts as unread again.</summary>
    public string? LastRunId => content.Last is { IsTakenBack: false } last ? last.RunId : null;

    /// <summary>The pipelines that have a state, each with its file, relative to the hub root.</summary>
    /// <exception cref="IOException">The storage fails.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static IEnumerable<(DocumentAddress Pipeline, string File)> List(HubRoot root) =>
        from file in root.Storage.ListBelow(Folder)
        let parts = file.Path[(Folder.Length + 1)..].Split('/')
        where parts.Length == 3 && parts[2].EndsWith(".json", StringComparison.Ordinal)
        select (new DocumentAddress(parts[0], parts[1], parts[2][..^".json".Length]), file.Path);

    /// <summary>Reads the state of a pipeline; a pipeline that never ran has an empty one.</summary>
    /// <exception cref="RunException">The file is damaged or cannot be read.</exception>
    public static SourceState Load(HubRoot root, DocumentAddress address) =>
        Load(root, $"{Folder}/{address.App}/{address.Layer}/{address.Id}.json");

    private static SourceState Load(HubRoot root, string file)
    {
        try
        {
            // What is written after it was found is not what was found, so it cannot be overwritten by mistake.
            var stored = root.Storage.Find(file);
            var content = root.Storage.Read(file) is { } json ? JsonSerializer.Deserialize<Content>(json, Json) : null;
            return new SourceState(root, file, stored, content ?? new Content());
        }
        catch (JsonException e)
        {
            throw new RunException(
                $"{file} is damaged: {e.Message}",
                "restore it, or delete it to read all sources from their beginning",
                inner: e
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"{file} cannot be read: {e.Message}", inner: e);
        }
    }

    /// <summary>How far successful runs have read a source, as its connector wrote it down; the default when none has.</summary>
    /// <param name="source">The source's id.</param>
    public T? Done<T>(string source) => Read<T>(content.Sources, source);

    /// <summary>
    /// How far the pending run had read a source. What this run reads must end there. The default when no run is pending, or it did not read
    /// the source.
    /// </summary>
    /// <param name="source">The source's id.</param>
    public T? Repeats<T>(string source) => content.Pending is { } pending ? Read<T>(pending.Sources, source) : default;

    /// <summary>Writes down how far this run reads a source. It holds once the run has succeeded.</summary>
    /// <param name="source">The source's id.</param>
    /// <param name="progress">How far: any value that JSON can hold.</param>
    public void Advance<T>(string source, T progress) => advanced[source] = JsonSerializer.SerializeToElement(progress, Json);

    /// <summary>To be called when all targets are staged, before the first is committed: from here on the run will be finished, by itself or the next one.</summary>
    /// <exception cref="RunException">Another run has written since; nothing may be committed.</exception>
    /// <exception cref="IOException">It cannot be written down; then nothing may be committed.</exception>
    /// <exception cref="UnauthorizedAccessException">As before.</exception>
    public void Begin(PendingRun run) => Write(content with { Pending = new PendingContent(run, advanced) });

    /// <summary>To be called when all targets are committed. Does nothing when the run is not the pending one, or another attempt has said so already.</summary>
    /// <exception cref="RunException">Another attempt of the run goes on.</exception>
    /// <exception cref="IOException">It cannot be written down; the run stays pending.</exception>
    /// <exception cref="UnauthorizedAccessException">As before.</exception>
    public void Complete(string runId)
    {
        if (content.Pending is not { } pending || pending.Run.RunId != runId)
            return;
        var sources = new Dictionary<string, JsonElement>(content.Sources);
        foreach (var (source, progress) in pending.Sources)
            sources[source] = progress;
        var last = new LastRun(runId, content.Sources, content.Last?.RunId);
        if (TryWrite(new Content { Sources = sources, Last = last }))
            return;
        var now = Load(root, file);
        if (now.Pending?.RunId == runId)
            throw Overtaken();
        (stored, content) = (now.stored, now.content);
    }

    /// <summary>Forgets the pending run, which has committed nothing.</summary>
    /// <exception cref="RunException">Another run has written since.</exception>
    /// <exception cref="IOException">It cannot be written down; the run stays pending.</exception>
    /// <exception cref="UnauthorizedAccessException">As before.</exception>
    public void Abandon() => Write(content with { Pending = null });

    /// <summary>Why what runs have read cannot become unread again, which is what their being undone needs; null if it can, or is already.</summary>
    /// <param name="runIds">Runs of the pipeline that committed something.</param>
    public string? WhyNotTakenBack(IReadOnlyCollection<string> runIds)
    {
        if (runIds.Count == 0)
            return null;
        if (content.Pending is { } pending && !runIds.Contains(pending.Run.RunId))
            return $"run {pending.Run.RunId} of the pipeline has begun to commit and did not end ({file}); run the pipeline again first, which finishes it";
        // A pending run has not moved the sources on, whoever ran before it.
        var isPending = content.Pending is not null;
        if (content.Sources.Count == 0)
            return null;
        return content.Last is not { } last
            ? isPending
                ? null
                : $"it is not known how far the pipeline had read its sources before ({file})"
            : !runIds.Contains(last.RunId)
                ? isPending
                    ? null
                    : $"run {last.RunId} of the pipeline has read its sources on since ({file})"
                : last.After is { } other && runIds.Contains(other)
                    ? $"runs {other} and {last.RunId} of the pipeline both read its sources ({file}), and only what the last one read is known"
                    : null;
    }

    /// <summary>Makes what runs have read unread again: the next run reads it. Does nothing when it is so already.</summary>
    /// <param name="runIds">Runs of which <see cref="WhyNotTakenBack"/> finds nothing to say.</param>
    /// <exception cref="RunException">Another run has written since.</exception>
    /// <exception cref="IOException">It cannot be written down.</exception>
    /// <exception cref="UnauthorizedAccessException">As before.</exception>
    public void TakeBack(IReadOnlyCollection<string> runIds)
    {
        var next = content;
        if (next.Pending is { } pending && runIds.Contains(pending.Run.RunId))
            next = next with { Pending = null };
        if (next.Last is { IsTakenBack: false } last && runIds.Contains(last.RunId))
            next = next with { Sources = last.Before, Last = last with { IsTakenBack = true } };
        if (next != content)
            Write(next);
    }

    private static T? Read<T>(IReadOnlyDictionary<string, JsonElement> sources, string source) =>
        sources.TryGetValue(source, out var progress) ? progress.Deserialize<T>(Json) : default;

    private void Write(Content next)
    {
        if (!TryWrite(next))
            throw Overtaken();
    }

    private bool TryWrite(Content next)
    {
        if (root.Storage.TryReplace(file, JsonSerializer.SerializeToUtf8Bytes(next, Json), stored) is not { } written)
            return false;
        (stored, content) = (written, next);
        return true;
    }

    private static RunException Overtaken() =>
        new("another run of this pipeline went on meanwhile, as the storage was out of reach for long", "run it again", isTransient: true);

    private sealed record Content
    {
        public IReadOnlyDictionary<string, JsonElement> Sources { get; init; } = new Dictionary<string, JsonElement>();

        public PendingContent? Pending { get; init; }

        public LastRun? Last { get; init; }
    }

    /// <summary>The last run that succeeded.</summary>
    /// <param name="RunId">The run.</param>
    /// <param name="Before">How far the sources had been read before it.</param>
    /// <param name="After">The run that succeeded before it.</param>
    /// <param name="IsTakenBack">Whether what it has read counts as unread again.</param>
    private sealed record LastRun(string RunId, IReadOnlyDictionary<string, JsonElement> Before, string? After, bool IsTakenBack = false);

    private sealed record PendingContent(PendingRun Run, IReadOnlyDictionary<string, JsonElement> Sources);
}
