using System.Globalization;
using ServerlessHub.Lake;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Orchestrations.Documents;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Orchestrations.Starting;

/// <summary>
/// Starts runs when tables were changed: when each of some tables was since the last start, or when all of them were written by runs for the same business
/// date, once for each. The logs of the tables say so, so no change is missed, and maintenance is none. What is decided is written down under
/// <c>data/ops/changes</c> before it is started. A trigger that is seen for the first time begins with the tables as they are.
/// </summary>
public sealed class TableChanges
{
    private readonly ILakeStorage storage;
    private readonly StartRun start;
    private readonly TimeProvider time;

    /// <summary>Looks after the tables of a hub.</summary>
    /// <param name="storage">The hub root's.</param>
    /// <param name="start">Starts a run.</param>
    /// <param name="time">The clock; null for the system's.</param>
    public TableChanges(ILakeStorage storage, StartRun start, TimeProvider? time = null) =>
        (this.storage, this.start, this.time) = (storage, start, time ?? TimeProvider.System);

    /// <summary>Looks what was changed for a trigger, and starts what is due. To be called again and again.</summary>
    /// <returns>The runs that were started, or found to be started.</returns>
    /// <exception cref="LakeException">The log of a table is damaged.</exception>
    /// <exception cref="RunException">The document of the trigger is damaged.</exception>
    /// <exception cref="IOException">The storage fails, or a run could not be started; the next call goes on where this one ended.</exception>
    public async Task<IReadOnlyList<TableStart>> Look(TableWatch watch, CancellationToken ct = default)
    {
        var document = Document(watch);
        var progress = document.Read() ?? (await document.Update(before => before ?? Begin(watch), ct))!;
        if (progress.Paused is not null)
            return [];
        var started = await StartPending(watch, progress, ct);
        var news = News(watch, progress);
        if (news.Count == 0)
            return started;
        // Whoever has looked at the same commits meanwhile has seen the same.
        var next = await document.Update(
            before => before is null || !IsAsRead(before, progress) ? before : before.After(news, watch, time.GetUtcNow()),
            ct
        );
        return [.. started, .. await StartPending(watch, next!, ct)];
    }

    /// <summary>Starts nothing for a trigger until <see cref="Resume"/>.</summary>
    /// <param name="watch">The trigger.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="why">Why.</param>
    /// <param name="ct">Ends it.</param>
    public Task Pause(TableWatch watch, string by, string? why, CancellationToken ct = default) =>
        Document(watch).Update(before => (before ?? Begin(watch)) with { Paused = new(by, why, time.GetUtcNow()) }, ct);

    /// <summary>Lets a trigger start runs again, first for what was changed meanwhile.</summary>
    public Task Resume(TableWatch watch, CancellationToken ct = default) =>
        Document(watch).Update(before => before?.Paused is null ? before : before with { Paused = null }, ct);

    /// <summary>Why a trigger is paused; null if it is not.</summary>
    public Pause? Paused(TableWatch watch) => Document(watch).Read()?.Paused;

    private async Task<IReadOnlyList<TableStart>> StartPending(TableWatch watch, TableProgress progress, CancellationToken ct)
    {
        foreach (var run in progress.Pending)
        {
            await start(Request(watch, run), ct);
            await Document(watch)
                .Update(
                    before =>
                        before is null || before.Pending.All(p => p.RunId != run.RunId)
                            ? before
                            : before with
                            {
                                Pending = [.. before.Pending.Where(p => p.RunId != run.RunId)],
                            },
                    ct
                );
        }
        return progress.Pending;
    }

    private static StartRequest Request(TableWatch watch, TableStart run) =>
        new()
        {
            Kind = watch.Kind,
            Document = watch.Document,
            RunId = run.RunId,
            Trigger = new(
                TriggerKind.Table,
                string.Join(", ", watch.Trigger.Tables),
                string.Join(", ", run.Versions.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key} version {v.Value}"))
            ),
            BusinessDate = run.BusinessDate,
            Parameters = run.BusinessDate is { } day ? new Dictionary<string, string> { ["runDate"] = $"{day:yyyy-MM-dd}" } : [],
        };

    private List<TableNews> News(TableWatch watch, TableProgress progress)
    {
        var news = new List<TableNews>();
        foreach (var name in watch.Tables)
        {
            var read = progress.Read.GetValueOrDefault(name.ToString(), -1);
            var commits = new DeltaTable(storage, name.Folder).CommitsAfter(read);
            if (commits.Count == 0)
                continue;
            // Where the log no longer has all of it, rows may have been changed by what is gone.
            var isGap = commits[0].Version > read + 1;
            var changes = commits.Where(commit => commit.ChangesRows).ToArray();
            var dates = new Dictionary<DateOnly, long>();
            foreach (var commit in changes)
                if (DateOf(commit) is { } day)
                    dates[day] = commit.Version;
            news.Add(
                new(
                    name.ToString(),
                    commits[^1].Version,
                    changes.Length > 0 ? changes[^1].Version
                        : isGap ? commits[0].Version - 1
                        : null,
                    dates
                )
            );
        }
        return news;
    }

    private static DateOnly? DateOf(TableCommit commit) =>
        DateOnly.TryParseExact(
            commit.Info["runDate"]?.ToString(),
            "yyyy-MM-dd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var day
        )
            ? day
            : null;

    private TableProgress Begin(TableWatch watch) =>
        new()
        {
            Read = watch.Tables.ToDictionary(
                name => name.ToString(),
                name => new DeltaTable(storage, name.Folder).TryRead()?.Version ?? -1
            ),
        };

    private static bool IsAsRead(TableProgress one, TableProgress other) =>
        one.Read.Count == other.Read.Count
        && one.Read.All(read => other.Read.TryGetValue(read.Key, out var version) && version == read.Value);

    private StateDocument<TableProgress> Document(TableWatch watch) => new(storage, $"data/ops/changes/{watch.Key}.json");
}
