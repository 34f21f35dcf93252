using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Starting;

/// <summary>A document that files start.</summary>
/// <param name="Kind">What the document is.</param>
/// <param name="Document">The document.</param>
/// <param name="Trigger">The files, and what a run is for.</param>
public sealed record FileWatch(DocumentKind Kind, DocumentAddress Document, FileTrigger Trigger)
{
    /// <summary>
    /// The parameter of the document that is given the file's name, or with a batch the names as a JSON array; null for a document that has none and
    /// finds its files itself.
    /// </summary>
    public string? Parameter { get; init; }

    /// <summary>Who is told when one is late or partial.</summary>
    public IReadOnlyList<JobNotification> Notifications { get; init; } = [];

    internal string Key =>
        $"{Document.App}/{Document.Layer}/{Kind.ToString().ToLowerInvariant()}.{Document.Id}/{DerivedRunId.Hash(Trigger.Path)}";
}

/// <summary>What can be wrong with files that are awaited.</summary>
public enum ArrivalAlertKind
{
    /// <summary>None has come by the time by which one had to.</summary>
    Late,

    /// <summary>One goes on changing, and is not taken.</summary>
    Partial,
}

/// <summary>Something that is wrong with files that are awaited.</summary>
/// <param name="Id">The same however often it is told.</param>
/// <param name="Watch">Who awaits them.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="Message">What is wrong, in words.</param>
/// <param name="Hint">What to do about it.</param>
public sealed record ArrivalAlert(string Id, FileWatch Watch, ArrivalAlertKind Kind, string Message, string Hint);
