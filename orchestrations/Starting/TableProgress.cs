namespace ServerlessHub.Orchestrations.Starting;

/// <summary>What the log of a table has said since it was looked at last.</summary>
/// <param name="Table">The table's full name.</param>
/// <param name="Newest">Its newest version.</param>
/// <param name="Changed">The newest version that changed rows; null for none.</param>
/// <param name="Dates">The business dates of the runs that changed rows, each with the newest version of it.</param>
internal sealed record TableNews(string Table, long Newest, long? Changed, IReadOnlyDictionary<DateOnly, long> Dates);

/// <summary>
/// How far a trigger on tables is: what of their logs was looked at, what of it still waits for other tables, and what is to be started. It changes by
/// these members only, which look at nothing else.
/// </summary>
internal sealed record TableProgress
{
    private const int MostOpenDates = 1_000;
    private const int MostDoneDates = 4_000;

    /// <summary>Up to which version each table was looked at; -1 for a table that was not there.</summary>
    public required IReadOnlyDictionary<string, long> Read { get; init; }

    /// <summary>Why nothing is started.</summary>
    public Pause? Paused { get; init; }

    /// <summary>The tables that were changed since the last start, with the version.</summary>
    public IReadOnlyDictionary<string, long> Changed { get; init; } = new Dictionary<string, long>();

    /// <summary>The days for which some tables were written, and not all.</summary>
    public IReadOnlyDictionary<DateOnly, IReadOnlyDictionary<string, long>> Open { get; init; } =
        new Dictionary<DateOnly, IReadOnlyDictionary<string, long>>();

    /// <summary>The days for which a run was started: there is no second one.</summary>
    public IReadOnlyList<DateOnly> Done { get; init; } = [];

    /// <summary>What is decided, and may not be started yet.</summary>
    public IReadOnlyList<TableStart> Pending { get; init; } = [];

    /// <summary>The progress after news of the tables.</summary>
    public TableProgress After(IReadOnlyList<TableNews> news, TableWatch watch, DateTimeOffset now)
    {
        var read = new Dictionary<string, long>(Read);
        foreach (var table in news)
            read[table.Table] = table.Newest;
        var next = this with { Read = read };
        return watch.Trigger.SameBusinessDate ? next.WithDates(news, watch, now) : next.WithChanges(news, watch, now);
    }

    private TableProgress WithChanges(IReadOnlyList<TableNews> news, TableWatch watch, DateTimeOffset now)
    {
        var changed = new Dictionary<string, long>(Changed);
        foreach (var table in news)
            if (table.Changed is { } version)
                changed[table.Table] = version;
        if (!watch.Tables.All(table => changed.ContainsKey(table.ToString())))
            return this with { Changed = changed };
        return this with { Changed = new Dictionary<string, long>(), Pending = [.. Pending, Start(watch, now, changed, null)] };
    }

    private TableProgress WithDates(IReadOnlyList<TableNews> news, TableWatch watch, DateTimeOffset now)
    {
        var open = Open.ToDictionary(day => day.Key, day => new Dictionary<string, long>(day.Value));
        foreach (var table in news)
        foreach (var (day, version) in table.Dates.Where(date => !Done.Contains(date.Key)))
            (open.TryGetValue(day, out var tables) ? tables : open[day] = [])[table.Table] = version;
        var complete = open.Where(day => watch.Tables.All(table => day.Value.ContainsKey(table.ToString())))
            .OrderBy(day => day.Key)
            .ToArray();
        var left = open.Except(complete).OrderByDescending(day => day.Key).Take(MostOpenDates);
        return this with
        {
            Open = left.ToDictionary(day => day.Key, day => (IReadOnlyDictionary<string, long>)day.Value),
            Done = [.. Done.Concat(complete.Select(day => day.Key)).TakeLast(MostDoneDates)],
            Pending = [.. Pending, .. complete.Select(day => Start(watch, now, day.Value, day.Key))],
        };
    }

    private static TableStart Start(TableWatch watch, DateTimeOffset now, Dictionary<string, long> versions, DateOnly? day)
    {
        var cause = versions.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key}@{v.Value}");
        return new(DerivedRunId.Of(now, ["table", watch.Key, $"{day:O}", .. cause]), now, versions, day);
    }
}
