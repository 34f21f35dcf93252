using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub jobs --json</c> prints.</summary>
/// <param name="Jobs">The jobs, by application, layer and id.</param>
internal sealed record JobListOutput(IReadOnlyList<JobListEntry> Jobs)
{
    public static JobListOutput Of(HubRoot root, RunHistory history)
    {
        var schedules = HubSchedules.All(root, count: 1).ToDictionary(s => (s.Kind, s.App, s.Layer, s.Id));
        return new([.. root.Documents(DocumentKind.Job).Select(Entry)]);

        JobListEntry Entry(HubDocument document)
        {
            var (app, layer, id) = (document.Address.App, document.Address.Layer, document.Address.Id);
            var findings = new Diagnostics();
            var job = DocumentFile.Read(root, document, findings) is { } file ? JobDocument.Read(file.Text, file.Name, findings) : null;
            var schedule = schedules.GetValueOrDefault(("job", app, layer, id));
            var last = history.Page(new RunFilter { App = app, Job = id }, size: 1).Runs is [var run, ..] ? run : null;
            return new JobListEntry(
                app,
                layer,
                id,
                document.File,
                job?.Version,
                job?.Metadata.Owner,
                !findings.HasErrors,
                schedule?.Cron,
                schedule is { Paused: null, Next: [var next, ..] } ? next.At : null,
                schedule?.Paused?.By,
                last
            );
        }
    }
}

/// <summary>A job and how it stands.</summary>
/// <param name="App">The application.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Id">The id.</param>
/// <param name="File">The document, relative to the hub root.</param>
/// <param name="Version">The document's version; absent where it cannot be read.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="IsSound">Whether the document's form is right; 'hub validate' looks at what its names mean too.</param>
/// <param name="Cron">When it runs, as a cron expression; absent when it has no schedule.</param>
/// <param name="Next">The next time at which it runs; absent when it has no schedule or that is paused.</param>
/// <param name="PausedBy">Who paused its schedule.</param>
/// <param name="LastRun">Its newest run, without its nodes.</param>
internal sealed record JobListEntry(
    string App,
    string Layer,
    string Id,
    string File,
    string? Version,
    string? Owner,
    bool IsSound,
    string? Cron,
    DateTimeOffset? Next,
    string? PausedBy,
    JobRun? LastRun
);
