using System.Collections.Concurrent;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Pipelines;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Starting;

/// <summary>
/// What the documents of a hub root say of when they run. A document is read again when its file has changed, so it may be asked every second. One that is
/// broken starts nothing, which validation tells.
/// </summary>
public sealed class DocumentStarts(HubRoot root)
{
    private readonly ConcurrentDictionary<string, (DateTime Modified, long Size, Starts Starts)> known = new(StringComparer.Ordinal);

    /// <summary>The schedules, as the documents are now.</summary>
    /// <exception cref="RunException">The hub root cannot be read.</exception>
    public IReadOnlyList<Schedule> Schedules() => [.. All().Select(s => s.Schedule).OfType<Schedule>()];

    /// <summary>The files that start documents.</summary>
    /// <exception cref="RunException">The hub root cannot be read.</exception>
    public IReadOnlyList<FileWatch> Files() => [.. All().SelectMany(s => s.Files)];

    /// <summary>The tables that start documents.</summary>
    /// <exception cref="RunException">The hub root cannot be read.</exception>
    public IReadOnlyList<TableWatch> Tables() => [.. All().SelectMany(s => s.Tables)];

    /// <summary>The events that start documents.</summary>
    /// <exception cref="RunException">The hub root cannot be read.</exception>
    public IReadOnlyList<EventWatch> Events() => [.. All().SelectMany(s => s.Events)];

    private IEnumerable<Starts> All() =>
        root.Documents(DocumentKind.Pipeline).Concat(root.Documents(DocumentKind.Job)).Select(Of).OfType<Starts>();

    private Starts? Of(HubDocument document)
    {
        var file = new FileInfo(root.Locate(document.File));
        if (!file.Exists)
            return null;
        if (known.TryGetValue(document.File, out var before) && (before.Modified, before.Size) == (file.LastWriteTimeUtc, file.Length))
            return before.Starts;
        var starts = Read(document);
        known[document.File] = (file.LastWriteTimeUtc, file.Length, starts);
        return starts;
    }

    private Starts Read(HubDocument document)
    {
        var findings = new Diagnostics();
        if (DocumentFile.Read(root, document, findings) is not { } file)
            return Starts.None;
        var (metadata, triggers, parameters, notifications) =
            document.Kind == DocumentKind.Job
                ? JobDocument.Read(file.Text, file.Name, findings) is { } job
                    ? (job.Metadata, job.Triggers, job.Parameters, job.Notifications)
                    : default
                : PipelineDocument.Read(PipelineLanguage.Spec, file.Text, file.Name, null, findings) is { } pipeline
                    ? (pipeline.Metadata, pipeline.Triggers, pipeline.Parameters, [])
                    : default;
        if (metadata is null || findings.HasErrors)
            return Starts.None;
        return new Starts(
            metadata.Schedule is { } cron ? new Schedule(document.Kind, document.Address, cron, metadata.TimeZone, metadata.Missed) : null,
            [.. triggers!.OfType<FileTrigger>().Select(t => Watch(document, t, parameters!) with { Notifications = notifications! })],
            [.. triggers!.OfType<TableTrigger>().Select(t => new TableWatch(document.Kind, document.Address, t))],
            [
                .. triggers!
                    .OfType<EventTrigger>()
                    .Select(t => new EventWatch(document.Kind, document.Address, t, [.. parameters!.Select(p => p.Name)])),
            ]
        );
    }

    private static FileWatch Watch(HubDocument document, FileTrigger trigger, IReadOnlyList<ParameterSpec> parameters)
    {
        var name = trigger.Take == FileTake.Batch ? "files" : "file";
        return new FileWatch(document.Kind, document.Address, trigger) { Parameter = parameters.Any(p => p.Name == name) ? name : null };
    }

    private sealed record Starts(
        Schedule? Schedule,
        IReadOnlyList<FileWatch> Files,
        IReadOnlyList<TableWatch> Tables,
        IReadOnlyList<EventWatch> Events
    )
    {
        public static Starts None { get; } = new(null, [], [], []);
    }
}
