using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Tests.Running;

public sealed class SourceStateTests : IDisposable
{
    private static readonly DocumentAddress Document = new("crm", "staging", "load");
    private static readonly PendingRun Run = new("run-1", 1, new Dictionary<string, string> { ["country"] = "CH" });
    private readonly TemporaryHub hub = new();

    public void Dispose() => hub.Dispose();

    [Fact]
    public void A_pipeline_that_never_ran_has_read_nothing()
    {
        var state = Load();
        Assert.Null(state.Pending);
        Assert.Null(state.Done<string>("orders"));
    }

    [Fact]
    public void What_a_run_has_read_holds_once_it_is_complete()
    {
        var state = Load();
        state.Advance("orders", "2024-01-02");
        Assert.Null(Load().Done<string>("orders"));
        state.Begin(Run);
        Assert.Null(Load().Done<string>("orders"));
        state.Complete(Run.RunId);
        Assert.Equal("2024-01-02", Load().Done<string>("orders"));
        Assert.Null(Load().Pending);
    }

    [Fact]
    public void A_run_that_died_while_it_committed_is_repeated_to_where_it_had_read()
    {
        Succeed("orders", "2024-01-01");
        var died = Load();
        died.Advance("orders", "2024-01-02");
        died.Begin(Run);

        var next = Load();
        Assert.Equal(("run-1", "CH"), (next.Pending?.RunId, next.Pending?.Parameters["country"]));
        Assert.Equal("2024-01-01", next.Done<string>("orders"));
        Assert.Equal("2024-01-02", next.Repeats<string>("orders"));
        next.Complete("run-1");
        Assert.Equal("2024-01-02", Load().Done<string>("orders"));
        Assert.Null(Load().Repeats<string>("orders"));
    }

    [Fact]
    public void A_pending_run_that_committed_nothing_can_be_forgotten()
    {
        Succeed("orders", "2024-01-01");
        var died = Load();
        died.Advance("orders", "2024-01-02");
        died.Begin(Run);
        Load().Abandon();
        Assert.Null(Load().Pending);
        Assert.Equal("2024-01-01", Load().Done<string>("orders"));
    }

    [Fact]
    public void Another_run_s_id_completes_nothing()
    {
        var state = Load();
        state.Advance("orders", "2024-01-02");
        state.Begin(Run);
        state.Complete("run-2");
        Assert.Equal("run-1", Load().Pending?.RunId);
    }

    [Fact]
    public void A_source_that_a_run_did_not_read_stays_where_it_was()
    {
        Succeed("orders", "2024-01-01");
        Succeed("customers", "2024-02-01");
        Assert.Equal("2024-01-01", Load().Done<string>("orders"));
    }

    [Fact]
    public void A_damaged_state_says_what_to_do()
    {
        hub.Write("data/ops/state/crm/staging/load.json", "{ \"sources\":");
        var e = Assert.Throws<RunException>(Load);
        Assert.StartsWith("data/ops/state/crm/staging/load.json is damaged", e.Message, StringComparison.Ordinal);
        Assert.NotNull(e.Hint);
    }

    [Fact]
    public void What_was_written_aside_and_never_put_in_place_counts_for_nothing()
    {
        Succeed("orders", "2024-01-01");
        hub.Write("data/ops/state/crm/staging/load.json.new", "{ half");
        Assert.Equal("2024-01-01", Load().Done<string>("orders"));
        Succeed("orders", "2024-01-02");
        Assert.Equal("2024-01-02", Load().Done<string>("orders"));
    }

    private SourceState Load() => SourceState.Load(hub.Root, Document);

    private void Succeed(string source, string progress)
    {
        var state = Load();
        state.Advance(source, progress);
        state.Begin(Run);
        state.Complete(Run.RunId);
    }
}
