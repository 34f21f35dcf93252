using System.Text.Json;

namespace ServerlessHub.Host.Tests;

/// <summary>
/// What goes wrong around a run, with real processes: each gives one clear message and its exit code, leaves nothing half-written, and running again
/// when the cause is gone just works. What is wrong in documents and data is in <c>tests/cases</c>, in <c>refused-*</c> and <c>failed-*</c>.
/// </summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryHub hub = new();

    [Theory]
    [InlineData("<pipeline><sources></pipeline>", "HUB1001", "does not match the end tag")]
    [InlineData("", "HUB1001", "Root element is missing")]
    public async Task XML_that_is_not_well_formed_is_refused_with_its_place(string xml, string rule, string says)
    {
        var ended = await Validate(xml);

        Assert.Matches($@"^config/applications/shop/staging/pipelines/bad\.xml(:1:\d+)?: error {rule}: ", ended.Output);
        Assert.Contains(says, ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_document_over_the_size_limit_is_refused()
    {
        var ended = await Validate($"<pipeline><metadata><description>{new string('x', 1 << 20)}</description></metadata></pipeline>");

        Assert.Contains("HUB1002", ended.Output, StringComparison.Ordinal);
        Assert.Contains("divide it into several documents", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deep_nesting_is_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("<a>", 20_000)) + string.Concat(Enumerable.Repeat("</a>", 20_000));

        var ended = await Validate($"<pipeline>{deep}</pipeline>");

        Assert.Contains("nested deeper than 64 levels", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_that_leaves_the_root_is_refused()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var outside = new TemporaryHub();
        outside.Write("rows.csv", "id\n1\n");
        hub.WritePipeline("rows", "", "");
        File.Delete(hub.Locate("landing/rows.csv"));
        File.CreateSymbolicLink(hub.Locate("landing/rows.csv"), outside.Locate("rows.csv"));

        var ended = await HubProcess.Run(hub.Path, "run", "rows");

        Assert.Equal((int)ExitCode.Invalid, ended.Code);
        Assert.Contains("HUB4002: 'landing/rows.csv' leaves its place", ended.Error, StringComparison.Ordinal);
        AssertNothingIsVisible();
    }

    [Fact]
    public async Task A_disk_without_room_fails_the_run_which_then_just_works()
    {
        // A limit on the size of files stands for a full disk where nothing may be mounted; Windows has neither.
        if (OperatingSystem.IsWindows())
            return;
        hub.WritePipeline(
            "rows",
            "<derive source=\"rows\"><column name=\"noise\">sha256(concat(id, 'a'))</column></derive>",
            "id\n" + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i}\n"))
        );

        var failed = await HubProcess.RunWithFileLimit(hub.Path, kilobytes: 1_000, "run", "rows");
        var files = hub.Files("data/applications");
        var again = await HubProcess.Run(hub.Path, "run", "rows", "--json");

        Assert.Equal((int)ExitCode.Failed, failed.Code);
        Assert.Contains("a file would be larger than this user may write", failed.Output, StringComparison.Ordinal);
        Assert.Empty(files);
        Assert.Equal((0, 100_000L), (again.Code, RowsWritten(again)));
    }

    [Fact]
    public async Task A_table_that_cannot_be_written_as_asked_is_called_by_its_name()
    {
        hub.WritePipeline("rows", "", "id\n1\n1\n");
        var document = "config/applications/shop/staging/pipelines/rows.xml";
        var merging = File.ReadAllText(hub.Locate(document))
            .Replace("mode=\"append\"", "mode=\"merge\" keys=\"id\"", StringComparison.Ordinal);
        hub.Write(document, merging);

        var ended = await HubProcess.Run(hub.Path, "run", "rows", "--json");

        var report = JsonDocument.Parse(ended.Output).RootElement;
        Assert.Equal((int)ExitCode.Failed, ended.Code);
        Assert.StartsWith(
            "table shop.staging.rows: 1 keys come in more than once",
            report.GetProperty("error").GetString(),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(hub.Path, ended.Output, StringComparison.Ordinal);
        Assert.False(report.TryGetProperty("hint", out _));
    }

    [Fact]
    public async Task A_table_whose_log_is_damaged_is_called_by_its_name()
    {
        hub.WritePipeline("rows", "", "id\n1\n");
        await HubProcess.Run(hub.Path, "run", "rows");
        var log = hub.Locate("data/applications/shop/staging/rows/_delta_log/00000000000000000000.json");
        var whole = File.ReadAllText(log);
        File.WriteAllText(log, whole[..^20]);

        var shown = await HubProcess.Run(hub.Path, "tables", "show", "staging.rows");
        var run = await HubProcess.Run(hub.Path, "run", "rows");
        File.WriteAllText(log, whole);
        var again = await HubProcess.Run(hub.Path, "run", "rows", "--json");

        Assert.Equal((int)ExitCode.Failed, shown.Code);
        Assert.Contains("table shop.staging.rows, version 0, file '", shown.Error, StringComparison.Ordinal);
        Assert.Equal((int)ExitCode.Invalid, run.Code);
        Assert.Contains("table shop.staging.rows, version 0, file '", run.Error, StringComparison.Ordinal);
        Assert.Equal((0, 1L), (again.Code, RowsWritten(again)));
    }

    [Fact]
    public async Task The_masking_key_that_a_run_makes_is_told_once()
    {
        hub.WritePipeline("rows", "<mask source=\"rows\" columns=\"name\" strategy=\"tokenize\"/>", "id,name\n1,Ada\n");

        var first = await HubProcess.Run(hub.Path, "run", "rows");
        var second = await HubProcess.Run(hub.Path, "run", "rows");

        Assert.Contains("HUB4008: a masking key was made: .hub/secrets/masking-key; keep a copy", first.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(hub.Locate(".hub/secrets/masking-key")));
        Assert.Equal((0, ""), (second.Code, second.Error));
    }

    [Fact]
    public async Task The_masking_key_that_init_makes_is_told_once()
    {
        var first = await HubProcess.Run(hub.Path, "init", "new");
        var second = await HubProcess.Run(hub.Path, "init", "new");

        Assert.Contains("keep a copy of .hub/secrets/masking-key", first.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("masking-key", second.Output, StringComparison.Ordinal);
    }

    public void Dispose() => hub.Dispose();

    private async Task<HubProcess.Ended> Validate(string xml)
    {
        hub.Write("config/applications/shop/staging/pipelines/bad.xml", xml);

        var ended = await HubProcess.Run(hub.Path, "validate", "bad");
        var run = await HubProcess.Run(hub.Path, "run", "bad");

        Assert.Equal((int)ExitCode.Invalid, ended.Code);
        Assert.Equal(((int)ExitCode.Invalid, ended.Output), (run.Code, run.Error));
        AssertNothingIsVisible();
        return ended;
    }

    private void AssertNothingIsVisible() => Assert.Empty(hub.Files("data"));

    private static long RowsWritten(HubProcess.Ended run) =>
        JsonDocument.Parse(run.Output).RootElement.GetProperty("targets")[0].GetProperty("rows").GetInt64();
}
