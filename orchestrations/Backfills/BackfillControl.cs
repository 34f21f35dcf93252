using ServerlessHub.Lake.Storage;
using ServerlessHub.Orchestrations.Documents;
using ServerlessHub.Orchestrations.Orchestrators;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Backfills;

/// <summary>What people do with backfills: plan, start, look at, pause, resume and cancel them. Each is a document, <c>data/ops/backfills/&lt;id&gt;.json</c>.</summary>
public sealed class BackfillControl(JobHub hub)
{
    private const string Folder = "data/ops/backfills";

    /// <summary>The dates that a backfill would run, in their order. Nothing is started.</summary>
    /// <exception cref="RunException">The range is none or too long, or the document is not there.</exception>
    public IReadOnlyList<DateOnly> Plan(BackfillWish wish, CancellationToken ct = default)
    {
        hub.Root.Document(wish.Kind, wish.Document);
        return Plan(hub.History, wish, ct);
    }

    /// <summary>The dates that a backfill would run, by a history.</summary>
    /// <exception cref="RunException">The range is none or too long.</exception>
    public static IReadOnlyList<DateOnly> Plan(RunHistory history, BackfillWish wish, CancellationToken ct = default) =>
        new BackfillPlanner(history).Dates(wish, ct);

    /// <summary>Starts a backfill.</summary>
    /// <param name="wish">What is wanted.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="ct">Ends it; whether it was started is open then.</param>
    /// <exception cref="RunException">There is no date to run, the range is none or too long, or the document is not there.</exception>
    public async Task<Backfill> Start(BackfillWish wish, string by, CancellationToken ct)
    {
        if (wish.MaxParallel < 1)
            throw new RunException("a backfill runs at least one date at a time", "give a number from 1 on");
        var dates = Plan(wish, ct);
        if (dates.Count == 0)
            throw new RunException(
                "there is no date to run",
                "every one of them has succeeded, or none has failed; run all to do them again"
            );
        var id = RunId.New(hub.Time);
        var backfill = new Backfill
        {
            Id = id,
            Kind = wish.Kind,
            Document = wish.Document,
            From = wish.From,
            To = wish.To,
            Scope = wish.Scope,
            MaxParallel = wish.MaxParallel,
            Parameters = wish.Parameters,
            By = by,
            Created = hub.Time.GetUtcNow(),
            Days = [.. dates.Select(d => new BackfillDay(d, $"{id}.{d:yyyyMMdd}", null, null))],
        };
        await Document(id).Update(before => before ?? backfill, ct);
        await hub.Client.Start(BackfillOrchestrator.Name, id, new BackfillInput(id), ct);
        return backfill;
    }

    /// <summary>A backfill, or null if there is none of this id.</summary>
    /// <exception cref="RunException">Its document is damaged.</exception>
    public Backfill? Find(string id) => Find(hub.Root.Storage, id);

    /// <summary>A backfill of a hub, or null if there is none of this id.</summary>
    /// <exception cref="RunException">Its document is damaged.</exception>
    public static Backfill? Find(ILakeStorage storage, string id) => RunId.IsValid(id) ? Document(storage, id).Read() : null;

    /// <summary>All backfills, the newest first.</summary>
    /// <exception cref="RunException">A document is damaged.</exception>
    public static IReadOnlyList<Backfill> List(ILakeStorage storage) =>
        [
            .. storage
                .List(Folder)
                .Where(f => f.Name.EndsWith(".json", StringComparison.Ordinal))
                .Select(f => new StateDocument<Backfill>(storage, f.Path).Read())
                .OfType<Backfill>()
                .OrderByDescending(b => b.Created),
        ];

    /// <summary>Starts no more dates until it is resumed; runs that go on may end.</summary>
    /// <exception cref="RunException">There is no such backfill, or it has ended.</exception>
    public Task Pause(string id, CancellationToken ct) => Raise(id, BackfillEvents.Pause, ct);

    /// <summary>Lets it go on.</summary>
    /// <exception cref="RunException">There is no such backfill, or it has ended.</exception>
    public Task Resume(string id, CancellationToken ct) => Raise(id, BackfillEvents.Resume, ct);

    /// <summary>Ends it; runs that go on are stopped.</summary>
    /// <exception cref="RunException">There is no such backfill, or it has ended.</exception>
    public Task Cancel(string id, CancellationToken ct) => Raise(id, BackfillEvents.Cancel, ct);

    internal StateDocument<Backfill> Document(string id) => Document(hub.Root.Storage, id);

    private static StateDocument<Backfill> Document(ILakeStorage storage, string id) => new(storage, $"{Folder}/{id}.json");

    private async Task Raise(string id, string name, CancellationToken ct)
    {
        var backfill = Find(id) ?? throw new RunException($"there is no backfill '{id}'", "'hub backfill list' shows those that are there");
        if (backfill.HasEnded || !await hub.Client.RaiseEvent(id, BackfillEvents.Name, name, ct))
            throw new RunException($"backfill {id} has ended", "start another one");
    }
}
