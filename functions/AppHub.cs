using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using ServerlessHub.Functions.Durable;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Activities;
using ServerlessHub.Orchestrations.Durable;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Functions;

/// <summary>The hub that this process works for, on Durable Functions.</summary>
internal sealed class AppHub : IDisposable
{
    private readonly Lock gate = new();

    /// <summary>Makes it.</summary>
    /// <param name="settings">The app's settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where errors of the hub itself go.</param>
    /// <exception cref="Pipelines.Connectors.RunException">The hub root cannot be read, or made where there is none yet.</exception>
    public AppHub(HubSettings settings, TimeProvider time, ILogger<JobHub> logger)
    {
        Jobs = new JobHub(new HubRoot(settings.Root, makes: true), settings.Options, time, logger);
        Tasks = new DurableTasks().AddJobs(Jobs);
    }

    /// <summary>What the activities share.</summary>
    public JobHub Jobs { get; }

    /// <summary>The orchestrators and activities.</summary>
    public DurableTasks Tasks { get; }

    /// <summary>The task hub; null while no function has brought the platform's client, which knows where the host listens.</summary>
    public IDurableClient? Client { get; private set; }

    /// <summary>Takes the platform's client from a function that was given it.</summary>
    public void Attach(DurableTaskClient client)
    {
        if (Client is not null)
            return;
        lock (gate)
            if (Client is null)
                Jobs.Client = Client = new DurableTaskHub(client, Jobs.Time);
    }

    /// <summary>What is found about a document.</summary>
    public Diagnostics Validate(HubDocument document, DocumentFile file)
    {
        if (document.Kind == DocumentKind.Job)
        {
            using var jobs = new JobValidator(Jobs.Root, Jobs.Time);
            return jobs.Validate(file).Findings;
        }
        if (document.Kind == DocumentKind.Stream)
        {
            using var streams = new StreamValidator(Jobs.Root);
            return streams.Validate(file).Findings;
        }
        using var pipelines = new PipelineValidator(Jobs.Root, Jobs.Time);
        return pipelines.Validate(file).Findings;
    }

    /// <inheritdoc/>
    public void Dispose() => Jobs.Dispose();
}
