using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Tests.Starting;

public sealed class TableChangesTests : IDisposable
{
    private readonly TestHub hub = new();
    private readonly TestClock clock = new();
    private readonly StartedRuns runs = new();

    public void Dispose() => hub.Dispose();

    [Fact]
    public async Task A_table_that_is_changed_starts_a_run_and_one_that_is_only_tidied_does_not()
    {
        Commit("orders", 0);
        var watch = Of("staging.orders");
        Assert.Empty(await Look(watch));
        Commit("orders", 1, changesRows: false);
        Assert.Empty(await Look(watch));
        Commit("orders", 2);
        Commit("orders", 3);
        Commit("orders", 4, changesRows: false);
        var start = Assert.Single(await Look(watch));
        Assert.Equal(3, start.Versions["sales.staging.orders"]);
        Assert.Equal("sales.staging.orders version 3", Assert.Single(runs.Requests).Trigger.Detail);
        Assert.Empty(await Look(watch));
    }

    [Fact]
    public async Task A_table_that_comes_into_being_is_changed_also_if_it_was_there_before()
    {
        var watch = Of("staging.orders");
        Assert.Empty(await Look(watch));
        for (var version = 0; version < 3; version++)
            Commit("orders", version);
        Assert.Single(await Look(watch));
        Directory.Delete(Path.Combine(hub.Folder, "data/applications/sales/staging/orders"), recursive: true);
        Assert.Empty(await Look(watch));
        Commit("orders", 0);
        Assert.Single(await Look(watch));
    }

    [Fact]
    public async Task Several_tables_start_a_run_when_each_was_written_since_the_last_one()
    {
        var watch = Of("staging.orders", "shop.staging.stores");
        await Look(watch);
        Commit("orders", 0);
        Commit("orders", 1);
        Assert.Empty(await Look(watch));
        Commit("stores", 0, app: "shop");
        Assert.Single(await Look(watch));
        Commit("stores", 1, app: "shop");
        Assert.Empty(await Look(watch));
        Commit("orders", 2);
        Assert.Single(await Look(watch));
        Assert.Equal(2, runs.Requests.Select(r => r.RunId).Distinct().Count());
    }

    [Fact]
    public async Task Tables_of_one_business_date_start_one_run_for_it_whatever_comes_in_between()
    {
        var watch = OfDates("staging.orders", "staging.stores");
        await Look(watch);
        Commit("orders", 0, "2026-03-01");
        Commit("orders", 1, "2026-03-02");
        Commit("stores", 0, "2026-03-02");
        Assert.Equal(new DateOnly(2026, 3, 2), Assert.Single(await Look(watch)).BusinessDate);
        Commit("orders", 2, "2026-03-02");
        Commit("stores", 1, "2026-03-02");
        Commit("stores", 2);
        Assert.Empty(await Look(watch));
        Commit("stores", 3, "2026-03-01");
        Commit("stores", 4, "2026-03-03");
        Commit("orders", 3, "2026-03-03");
        Assert.Equal([new DateOnly(2026, 3, 1), new DateOnly(2026, 3, 3)], (await Look(watch)).Select(s => s.BusinessDate!.Value));
        Assert.Equal(["2026-03-02", "2026-03-01", "2026-03-03"], runs.Requests.Select(r => r.Parameters["runDate"]));
    }

    [Fact]
    public async Task What_the_log_no_longer_has_counts_as_a_change()
    {
        var watch = Of("staging.orders");
        Commit("orders", 0);
        await Look(watch);
        for (var version = 1; version < 4; version++)
            Commit("orders", version);
        Commit("orders", 4, changesRows: false);
        for (var version = 0; version < 4; version++)
            File.Delete(LogOf("orders", version));
        Assert.Single(await Look(watch));
    }

    [Fact]
    public async Task Changes_are_kept_while_a_trigger_is_paused()
    {
        var watch = Of("staging.orders");
        await Look(watch);
        await New().Pause(watch, "ann", "month end");
        Commit("orders", 0);
        Assert.Empty(await Look(watch));
        Assert.Equal("month end", New().Paused(watch)!.Why);
        await New().Resume(watch);
        Assert.Single(await Look(watch));
    }

    [Fact]
    public async Task Processes_that_look_at_once_start_one_run_for_a_change()
    {
        var watch = Of("staging.orders");
        await Look(watch);
        for (var version = 0; version < 10; version++)
        {
            Commit("orders", version);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => New().Look(watch))));
        }
        Assert.Equal(10, runs.Requests.Count);
    }

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 2)]
    public async Task A_process_that_dies_anywhere_neither_loses_a_change_nor_doubles_it(bool byDate, int expected)
    {
        await CrashingStorage.AtEachWrite(async crashing =>
        {
            using var own = new TestHub();
            var started = new StartedRuns();
            var watch = byDate ? OfDates("staging.orders", "staging.stores") : Of("staging.orders", "staging.stores");
            await new TableChanges(own.Root.Storage, started.Start, clock).Look(watch);
            var storage = crashing(own.Root.Storage);
            started.Before = _ => storage.Step(() => { });
            for (var version = 0; version < 3; version++)
            {
                Commit(own, "orders", version, version == 2 ? "2026-03-01" : $"2026-03-0{version + 1}");
                Commit(own, "stores", version, version == 2 ? "2026-03-01" : $"2026-03-0{version + 1}");
                try
                {
                    if (!storage.HasCrashed)
                        await new TableChanges(storage, started.Start, clock).Look(watch);
                }
                catch (CrashException) { }
                if (storage.HasCrashed)
                {
                    started.Before = _ => { };
                    await new TableChanges(own.Root.Storage, started.Start, clock).Look(watch);
                }
            }
            Assert.Equal(expected, started.Requests.Count);
            return storage.HasCrashed;
        });
    }

    private static TableWatch Of(params string[] tables) =>
        new(DocumentKind.Job, StartedRuns.Orders, new TableTrigger(tables, false, default));

    private static TableWatch OfDates(params string[] tables) =>
        new(DocumentKind.Job, StartedRuns.Orders, new TableTrigger(tables, true, default));

    private TableChanges New() => new(hub.Root.Storage, runs.Start, clock);

    /// <summary>Each look is one of a process of its own.</summary>
    private Task<IReadOnlyList<TableStart>> Look(TableWatch watch) => New().Look(watch);

    private string LogOf(string table, int version, string app = "sales") =>
        Path.Combine(hub.Folder, $"data/applications/{app}/staging/{table}/_delta_log/{version:D20}.json");

    private void Commit(string table, int version, string? runDate = null, bool changesRows = true, string app = "sales") =>
        Commit(hub, table, version, runDate, changesRows, app);

    /// <summary>A commit as any writer of the protocol makes one.</summary>
    private static void Commit(
        TestHub hub,
        string table,
        int version,
        string? runDate = null,
        bool changesRows = true,
        string app = "sales"
    )
    {
        var info = runDate is null ? "" : $"\"runDate\":\"{runDate}\",";
        var changes = changesRows ? "true" : "false";
        string[] actions =
        [
            $$$"""{"commitInfo":{{{{info}}}"timestamp":1772438400000,"operation":"WRITE"}}""",
            .. version > 0
                ? Array.Empty<string>()
                :
                [
                    """{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}""",
                    """{"metaData":{"id":"5f0c","format":{"provider":"parquet","options":{}},"schemaString":"{\"type\":\"struct\",\"fields\":[]}","partitionColumns":[],"configuration":{}}}""",
                ],
            $$$"""{"add":{"path":"{{{version}}}.parquet","partitionValues":{},"size":1,"modificationTime":0,"dataChange":{{{changes}}}}}""",
        ];
        hub.Write($"data/applications/{app}/staging/{table}/_delta_log/{version:D20}.json", string.Join('\n', actions));
    }
}
