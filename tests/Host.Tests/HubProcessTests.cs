using System.Text.Json;

namespace ServerlessHub.Host.Tests;

public sealed class HubProcessTests : IDisposable
{
    private const string Rows = "id,name\n1,Ada\n2,Alan\n";
    private readonly TemporaryHub hub = new();

    [Fact]
    public async Task Without_arguments_it_shows_its_help()
    {
        var ended = await HubProcess.Run(hub.Path);

        Assert.Equal(0, ended.Code);
        Assert.StartsWith("Usage: hub <command>", ended.Output, StringComparison.Ordinal);
        Assert.Empty(ended.Error);
    }

    [Theory]
    [InlineData("vlidate", "did you mean 'validate'?")]
    [InlineData("run x --runid 1", "did you mean '--run-id'?")]
    [InlineData("tables", "list, show, preview")]
    [InlineData("run", "'hub run' needs a <document>")]
    [InlineData("schema", "'hub schema' needs a <subject>")]
    [InlineData("new pipeline x --from y --app a --layer gold", "staging")]
    [InlineData("run rows -p runDate", "name=value")]
    [InlineData("run rows --memory much", "2GB")]
    [InlineData("run rows --threads 0", "from 1 on")]
    [InlineData("run rows --run-id a/b", "letters, digits")]
    public async Task A_wrong_command_line_says_how_it_is_right(string arguments, string says)
    {
        hub.WritePipeline("rows", "", Rows);

        var ended = await HubProcess.Run(hub.Path, arguments.Split(' '));

        Assert.Equal((int)ExitCode.Usage, ended.Code);
        Assert.Contains(says, ended.Error, StringComparison.Ordinal);
        Assert.Empty(ended.Output);
    }

    [Theory]
    [InlineData("run rws", "did you mean 'rows'?")]
    [InlineData("plan shop/service/rows", "did you mean 'shop/staging/rows'?")]
    [InlineData("tables show staging.rows", "tables list")]
    [InlineData("validate --root nowhere", "hub init")]
    [InlineData("test nowhere", "expected/")]
    public async Task What_is_not_there_has_a_code_of_its_own(string arguments, string says)
    {
        hub.WritePipeline("rows", "", Rows);

        var ended = await HubProcess.Run(hub.Path, arguments.Split(' '));

        Assert.Equal((int)ExitCode.NotFound, ended.Code);
        Assert.Contains(says, ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Outside_of_a_hub_root_it_says_what_to_do()
    {
        var ended = await HubProcess.Run(Path.GetTempPath(), "validate");

        Assert.Equal((int)ExitCode.NotFound, ended.Code);
        Assert.Contains("--root", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_is_reported_and_its_table_is_there()
    {
        hub.WritePipeline("rows", "", Rows);

        var run = await HubProcess.Run(hub.Path, "run", "rows", "--json");
        var tables = await HubProcess.Run(hub.Path, "tables", "list", "--json");
        var preview = await HubProcess.Run(hub.Path, "tables", "preview", "rows", "--json");
        var schemas = new[]
        {
            await HubProcess.Run(hub.Path, "schema", "staging.rows"),
            await HubProcess.Run(hub.Path, "schema", "landing/rows.csv"),
            await HubProcess.Run(hub.Path, "schema", "rows", "--of", "rows"),
        };

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal("succeeded", Json(run).GetProperty("status").GetString());
        Assert.Equal(2, Json(tables).GetProperty("tables")[0].GetProperty("rows").GetInt64());
        Assert.Equal("Ada", Json(preview).GetProperty("rows")[0].GetProperty("name").GetString());
        Assert.All(schemas, s => Assert.Equal("name", Json(s).GetProperty("fields")[1].GetProperty("name").GetString()));
    }

    [Fact]
    public async Task A_folder_below_the_root_will_do()
    {
        hub.WritePipeline("rows", "", Rows);

        var ended = await HubProcess.Run(hub.Locate("config/applications/shop/staging"), "run", "pipelines/rows.xml");

        Assert.Equal(0, ended.Code);
    }

    [Fact]
    public async Task A_document_that_is_not_valid_is_not_run()
    {
        hub.WritePipeline("rows", "<sort source=\"rwos\" orderBy=\"id\"/>", Rows);

        var text = await HubProcess.Run(hub.Path, "run", "rows");
        var json = await HubProcess.Run(hub.Path, "run", "rows", "--json");
        var validated = await HubProcess.Run(hub.Path, "validate", "all", "--json");

        Assert.Equal((int)ExitCode.Invalid, text.Code);
        Assert.Matches(
            @"^config/applications/shop/staging/pipelines/rows\.xml:3:\d+: error HUB2001: .*did you mean 'rows'\?\n$",
            text.Error
        );
        Assert.Equal("HUB2001", Json(json).GetProperty("documents")[0].GetProperty("findings")[0].GetProperty("rule").GetString());
        Assert.Equal(json.Output, validated.Output);
        Assert.Equal((int)ExitCode.Invalid, validated.Code);
    }

    [Fact]
    public async Task Every_command_prints_a_finding_in_the_same_form()
    {
        hub.WritePipeline(
            "rows",
            "<sort id=\"unused\" source=\"rows\" orderBy=\"id\"/><filter source=\"rows\" id=\"kept\" condition=\"id = 1\"/>",
            Rows
        );
        hub.Write("landing/more.csv", Rows);
        var document = hub.Locate("config/applications/shop/staging/pipelines/rows.xml");
        File.WriteAllText(
            document,
            File.ReadAllText(document).Replace("</sources>", "<csv id=\"more\" path=\"landing/more.csv\"/></sources>")
        );

        var run = await HubProcess.Run(hub.Path, "run", "rows", "--json");
        var validated = await HubProcess.Run(hub.Path, "validate", "rows", "--json");

        var findings = Json(run).GetProperty("findings");
        Assert.NotEmpty(findings.EnumerateArray());
        Assert.True(JsonElement.DeepEquals(findings, Json(validated).GetProperty("documents")[0].GetProperty("findings")));
    }

    [Fact]
    public async Task A_run_that_fails_says_why_and_leaves_nothing()
    {
        hub.WritePipeline("rows", "<derive source=\"rows\"><column name=\"n\" type=\"int\">name</column></derive>", Rows);

        var ended = await HubProcess.Run(hub.Path, "run", "rows");

        Assert.Equal((int)ExitCode.Failed, ended.Code);
        Assert.Contains("Ada", ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ended.Output + ended.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(hub.Locate(".hub/work")));
        Assert.Empty(hub.Files("data/applications"));
    }

    [Fact]
    public async Task Ctrl_C_cancels_a_run_and_leaves_nothing()
    {
        // Windows has no such signal for a process without a console.
        if (OperatingSystem.IsWindows())
            return;
        var rows = "id\n" + string.Concat(Enumerable.Range(0, 2_000).Select(i => $"{i}\n"));
        hub.WritePipeline(
            "rows",
            "<sql id=\"endless\" sources=\"rows\">SELECT count(*) AS n FROM rows a, rows b, rows c, rows d WHERE a.id + b.id * c.id > d.id</sql>",
            rows
        );
        Directory.CreateDirectory(hub.Locate(".hub/work"));
        var begun = new TaskCompletionSource();
        using var watcher = new FileSystemWatcher(hub.Locate(".hub/work")) { IncludeSubdirectories = true };
        watcher.Created += (_, e) => begun.TrySetResult();
        watcher.EnableRaisingEvents = true;

        using var process = HubProcess.Start(hub.Path, "run", "rows", "--json");
        await begun.Task;
        process.Interrupt();
        var ended = await process.End();

        Assert.Equal((int)ExitCode.Cancelled, ended.Code);
        Assert.Equal("cancelled", Json(ended).GetProperty("status").GetString());
        Assert.Contains("cancelling", ended.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(hub.Locate(".hub/work")));
        Assert.Empty(hub.Files("data/applications"));

        hub.WritePipeline("rows", "", Rows);
        var again = await HubProcess.Run(hub.Path, "run", "rows", "--json");
        Assert.Equal((0, "succeeded"), (again.Code, Json(again).GetProperty("status").GetString()));
    }

    public void Dispose() => hub.Dispose();

    private static JsonElement Json(HubProcess.Ended ended) => JsonDocument.Parse(ended.Output).RootElement;
}
