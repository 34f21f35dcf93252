using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Signals;

/// <summary>The events that documents wait for.</summary>
/// <param name="Signals">The events, by application and name.</param>
public sealed record SignalListOutput(IReadOnlyList<AwaitedSignalOutput> Signals)
{
    internal static SignalListOutput Of(IEnumerable<EventWatch> watches) =>
        new([
            .. watches
                .GroupBy(w => (w.Document.App, w.Trigger.Name))
                .OrderBy(g => g.Key.App, StringComparer.Ordinal)
                .ThenBy(g => g.Key.Name, StringComparer.Ordinal)
                .Select(g => new AwaitedSignalOutput(g.Key.App, g.Key.Name, [.. g.Select(SignalDocumentOutput.Of)])),
        ]);
}

/// <summary>An event that documents wait for.</summary>
/// <param name="App">The application.</param>
/// <param name="Name">The event.</param>
/// <param name="Starts">What it starts.</param>
public sealed record AwaitedSignalOutput(string App, string Name, IReadOnlyList<SignalDocumentOutput> Starts);

/// <summary>A document that an event starts.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Document">The document, as <c>app/layer/id</c>.</param>
/// <param name="Parameters">The parameters that it takes from the event.</param>
public sealed record SignalDocumentOutput(DocumentKind Kind, string Document, IReadOnlyList<string> Parameters)
{
    internal static SignalDocumentOutput Of(EventWatch watch) => new(watch.Kind, watch.Document.ToString(), watch.Parameters);
}

/// <summary>An event that was raised.</summary>
/// <param name="App">The application.</param>
/// <param name="Name">The event.</param>
/// <param name="Runs">The runs that it has started.</param>
public sealed record SignalOutput(string App, string Name, IReadOnlyList<JobRun> Runs);
