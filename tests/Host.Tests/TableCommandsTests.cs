using System.Text.Json;

namespace ServerlessHub.Host.Tests;

public sealed class TableCommandsTests : IDisposable
{
    private readonly TemporaryHub hub = new();

    public void Dispose() => hub.Dispose();

    [Fact]
    public async Task Two_versions_are_compared_by_key_and_by_row()
    {
        await Load("id,name\n1,Ada\n2,Alan\n3,Grace\n");
        await Load("id,name\n1,Ada\n2,Alan T.\n4,Edsger\n");

        var byKey = Json(await Run("tables", "diff", "rows", "--keys", "id", "--json"));
        var byRow = Json(await Run("tables", "diff", "rows", "--json"));

        Assert.Equal("""{"added":1,"removed":1,"changed":1}""", Compact(byKey.GetProperty("counts")));
        Assert.Equal("""{"added":2,"removed":2,"changed":0}""", Compact(byRow.GetProperty("counts")));
        var changed = Assert.Single(byKey.GetProperty("rows").EnumerateArray(), r => r.GetProperty("change").GetString() == "changed");
        Assert.Equal("Alan → Alan T.", changed.GetProperty("name").GetString());
    }

    [Fact]
    public async Task What_fails_after_a_commit_is_a_warning_of_the_run()
    {
        await Load("id,name\n1,Ada\n");
        await Run("tables", "properties", "rows", "--set", "delta.checkpointInterval=1");
        foreach (var version in new[] { 2, 3 })
            Directory.CreateDirectory(hub.Locate($"data/applications/shop/staging/rows/_delta_log/{version:D20}.checkpoint.parquet"));

        var shown = await Run("run", "rows");
        var report = Json(await Run("run", "rows", "--json"));

        Assert.Equal(0, shown.Code);
        Assert.Contains("table staging.rows: No checkpoint of version 2 could be written", shown.Output, StringComparison.Ordinal);
        var warning = Assert.Single(report.GetProperty("targets")[0].GetProperty("warnings").EnumerateArray()).GetString();
        Assert.Contains("No checkpoint of version 3 could be written", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_that_a_key_does_not_tell_apart_are_an_error_that_names_one()
    {
        await Load("id,name\n1,Ada\n");
        await Load("id,name\n7,Ada\n7,Alan\n");

        var diff = await Run("tables", "diff", "rows", "--keys", "id");

        Assert.Equal((int)ExitCode.Usage, diff.Code);
        Assert.Contains("7", diff.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restored_table_has_the_old_rows_and_all_of_its_history()
    {
        await Load("id,name\n1,Ada\n");
        await Load("id,name\n2,Alan\n");

        var restored = await Run("tables", "restore", "rows", "--version", "0");
        var rows = Json(await Run("sql", "select name from staging.rows", "--json")).GetProperty("rows");
        var history = Json(await Run("tables", "history", "rows", "--json")).GetProperty("commits");

        Assert.Equal((0, ""), (restored.Code, restored.Error));
        Assert.Equal("""[{"name":"Ada"}]""", Compact(rows));
        Assert.Equal([2, 1, 0], history.EnumerateArray().Select(c => c.GetProperty("version").GetInt64()));
        Assert.Equal("RESTORE", history[0].GetProperty("operation").GetString());
    }

    [Theory]
    [InlineData("restore rows", "--version")]
    [InlineData("restore rows --version 0 --at 2026-01-01", "--version")]
    [InlineData("restore rows --at yesterday", "2026-01-31")]
    [InlineData("diff rows --from 0 --to 0 --keys nme", "name")]
    [InlineData("diff rows", "--from")]
    [InlineData("diff rows --from -1", "no version")]
    [InlineData("preview rows --version -1", "no version")]
    [InlineData("preview rows --version 0 --at 2026-01-01", "one of them")]
    [InlineData("preview rows --version latest", "'latest' is no number")]
    [InlineData("restore rows --version -3", "no version")]
    [InlineData("optimize rows --memory much", "no size")]
    [InlineData("constraints rows --add x", "name=condition")]
    [InlineData("changes rows", "--from")]
    [InlineData("changes rows --from 7", "0 to 0")]
    [InlineData("properties rows --set x", "name=value")]
    [InlineData("properties rows --set x=1 --unset x", "twice")]
    [InlineData("vacuum rows --older-than soon", "7d")]
    public async Task A_wrong_use_says_how_it_is_right(string arguments, string says)
    {
        await Load("id,name\n1,Ada\n");

        var ended = await Run(["tables", .. arguments.Split(' ')]);

        Assert.Equal((int)ExitCode.Usage, ended.Code);
        Assert.Contains(says, ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_constraint_holds_back_a_run_until_it_is_dropped()
    {
        await Load("id,name\n1,Ada\n");
        Assert.Equal(0, (await Run("tables", "constraints", "rows", "--add", "known=id < 5")).Code);

        hub.Write("landing/rows.csv", "id,name\n9,Alan\n");
        var refused = await Run("run", "rows");
        var dropped = Json(await Run("tables", "constraints", "rows", "--drop", "known", "--json"));
        var after = await Run("run", "rows");

        Assert.Equal((int)ExitCode.Failed, refused.Code);
        Assert.Contains("known", refused.Output + refused.Error, StringComparison.Ordinal);
        Assert.Empty(dropped.GetProperty("constraints").EnumerateArray());
        Assert.Equal((0, ""), (after.Code, after.Error));
    }

    [Fact]
    public async Task A_constraint_that_a_row_breaks_already_is_not_added()
    {
        await Load("id,name\n1,Ada\n");

        var refused = await Run("tables", "constraints", "rows", "--add", "large=id > 5");

        Assert.Equal((int)ExitCode.Failed, refused.Code);
        Assert.Contains("large", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Small_files_are_put_together_and_the_old_ones_deleted_when_that_is_forced()
    {
        hub.WritePipeline("rows", "", "id,name\n1,Ada\n", "append");
        Assert.Equal(0, (await Run("run", "rows")).Code);
        hub.Write("landing/rows.csv", "id,name\n2,Alan\n");
        Assert.Equal(0, (await Run("run", "rows")).Code);

        var optimized = Json(await Run("tables", "optimize", "rows", "--cluster-by", "name, id", "--json"));
        var again = await Run("tables", "optimize", "rows");
        var wrong = await Run("tables", "optimize", "rows", "--cluster-by", "nme");
        var refused = await Run("tables", "vacuum", "rows", "--older-than", "0d");
        var dry = Json(await Run("tables", "vacuum", "rows", "--older-than", "0d", "--force", "--dry-run", "--json"));
        var deleted = await Run("tables", "vacuum", "rows", "--older-than", "0d", "--force");
        var rows = Json(await Run("sql", "select count(*) as n from staging.rows", "--json")).GetProperty("rows");

        Assert.Equal((2, 1, 2), (Number(optimized, "filesRemoved"), Number(optimized, "filesAdded"), Number(optimized, "rows")));
        Assert.Contains("no files that are worth", again.Output, StringComparison.Ordinal);
        Assert.Equal((int)ExitCode.Failed, wrong.Code);
        Assert.Contains("nme", wrong.Error, StringComparison.Ordinal);
        Assert.Equal((int)ExitCode.Failed, refused.Code);
        Assert.Contains("kept for 7 days", refused.Error, StringComparison.Ordinal);
        Assert.Equal((2, 2), (Number(dry, "files"), dry.GetProperty("paths").GetArrayLength()));
        Assert.StartsWith("deleted: 2 files", deleted.Output, StringComparison.Ordinal);
        Assert.Equal("""[{"n":2}]""", Compact(rows));

        static int Number(JsonElement output, string name) => output.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task A_query_reads_tables_by_their_names_and_nothing_else()
    {
        await Load("id,name\n1,Ada\n2,Alan\n");
        hub.Write("secret.csv", "secret\nx\n");

        var joined = Json(
            await Run("sql", "with r as (from rows) select a.name from r a join shop.staging.rows b using (id) where b.id = 2", "--json")
        );

        Assert.Equal("""[{"name":"Alan"}]""", Compact(joined.GetProperty("rows")));
        Assert.Empty(hub.Files(".hub/work"));
        foreach (
            var (query, says) in new[]
            {
                ($"select * from read_csv('{hub.Locate("secret.csv")}')", "secret.csv"),
                ("select * from nowhere.rows", "no table"),
                ("delete from staging.rows", "select"),
                ("select 1; select 2", "one SELECT"),
                ("select nme from staging.rows", "nme"),
                ("attach 'x.duckdb'", "select"),
            }
        )
        {
            var refused = await Run("sql", query);
            Assert.True(refused.Code is 1 or 4, $"{query}: {refused.Code}");
            Assert.Contains(says, refused.Error, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("   at ", refused.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Rows_that_change_are_shown_from_the_version_on_at_which_the_table_is_told_to_keep_them()
    {
        await Load("id,name\n1,Ada\n2,Alan\n");
        var set = Json(
            await Run("tables", "properties", "rows", "--set", "delta.enableChangeDataFeed=true", "--set", "owner=me", "--json")
        );
        await Load("id,name\n3,Grace\n");

        var changes = Json(await Run("tables", "changes", "rows", "--from", "2", "--json")).GetProperty("rows");
        var shown = await Run("tables", "changes", "rows", "--from", "1", "--to", "2", "-n", "2");
        var before = await Run("tables", "changes", "rows", "--from", "0");

        Assert.Equal("""{"delta.enableChangeDataFeed":"true","owner":"me"}""", Compact(set.GetProperty("properties")));
        Assert.Equal(
            ["1 delete 2", "2 delete 2", "3 insert 2"],
            changes
                .EnumerateArray()
                .Select(row => $"{row.GetProperty("id")} {row.GetProperty("_change_type")} {row.GetProperty("_commit_version")}")
                .Order()
        );
        Assert.Equal((0, ""), (shown.Code, shown.Error));
        Assert.Equal(
            2,
            shown
                .Output.Split('\n')
                .Count(line => line.Contains("insert", StringComparison.Ordinal) || line.Contains("delete", StringComparison.Ordinal))
        );
        Assert.Equal((int)ExitCode.Failed, before.Code);
        Assert.Contains("delta.enableChangeDataFeed", before.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Properties_are_taken_away_and_those_that_nobody_knows_are_refused()
    {
        await Load("id,name\n1,Ada\n");
        Assert.Equal(0, (await Run("tables", "properties", "rows", "--set", "owner=me")).Code);

        var unset = await Run("tables", "properties", "rows", "--unset", "owner");
        var unknown = await Run("tables", "properties", "rows", "--set", "delta.noSuchThing=1");
        var history = Json(await Run("tables", "history", "rows", "--json")).GetProperty("commits");

        Assert.Equal((0, ""), (unset.Code, unset.Output));
        Assert.Contains("has no properties", unset.Error, StringComparison.Ordinal);
        Assert.Equal((int)ExitCode.Failed, unknown.Code);
        Assert.Contains("delta.noSuchThing", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(3, history.GetArrayLength());
    }

    [Fact]
    public async Task A_checkpoint_that_is_damaged_is_told_when_the_table_is_shown()
    {
        await Load("id,name\n1,Ada\n");
        await Run("tables", "properties", "rows", "--set", "delta.checkpointInterval=2");
        await Load("id,name\n2,Alan\n");
        var checkpoint = Assert.Single(hub.Files("."), file => file.EndsWith(".checkpoint.parquet", StringComparison.Ordinal));
        hub.Write(checkpoint, "no Parquet");

        var shown = await Run("tables", "show", "rows");
        var json = Json(await Run("tables", "show", "rows", "--json"));

        Assert.Equal(0, shown.Code);
        Assert.StartsWith("warning: ", shown.Error, StringComparison.Ordinal);
        Assert.Contains("00000000000000000002.checkpoint.parquet", json.GetProperty("warnings")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_cannot_be_read_does_not_hide_the_others()
    {
        await Load("id,name\n1,Ada\n");
        hub.Write("data/applications/shop/staging/broken/_delta_log/00000000000000000000.json", "no JSON");

        var listed = await Run("tables", "list");
        var json = await Run("tables", "list", "--json");

        Assert.Equal(((int)ExitCode.Failed, (int)ExitCode.Failed), (listed.Code, json.Code));
        Assert.Contains("shop.staging.rows", listed.Output, StringComparison.Ordinal);
        Assert.Contains(
            "shop.staging.broken, version 0, file '_delta_log/00000000000000000000.json'",
            listed.Error,
            StringComparison.Ordinal
        );
        var list = JsonDocument.Parse(json.Output).RootElement;
        Assert.Equal("shop.staging.rows", Assert.Single(list.GetProperty("tables").EnumerateArray()).GetProperty("table").GetString());
        Assert.Contains(
            "shop.staging.broken",
            Assert.Single(list.GetProperty("problems").EnumerateArray()).GetString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Rows_are_counted_by_the_log_alone()
    {
        await Load("id,name\n1,Ada\n2,Alan\n");
        await Load("id,name\n3,Grace\n");
        foreach (var file in Directory.GetFiles(hub.Locate("data/applications/shop/staging/rows"), "*.parquet"))
            File.Delete(file);

        var counted = Json(
                await Run(
                    "sql",
                    "select count(*) as n from staging.rows union all select count(*) from staging.rows at (version => 0)",
                    "--json"
                )
            )
            .GetProperty("rows");
        var filtered = await Run("sql", "select count(*) from staging.rows where id > 0");
        var named = await Run("sql", "select count(name) from staging.rows");

        Assert.Equal("""[{"n":1},{"n":2}]""", Compact(counted));
        Assert.Equal((int)ExitCode.Failed, filtered.Code);
        Assert.Equal((int)ExitCode.Failed, named.Code);
    }

    [Fact]
    public async Task A_query_reads_tables_as_they_were_and_only_the_files_it_needs()
    {
        hub.WritePipeline("rows", "", "id,name\n1,Ada\n", "append");
        Assert.Equal(0, (await Run("run", "rows")).Code);
        hub.Write("landing/rows.csv", "id,name\n7,Alan\n");
        Assert.Equal(0, (await Run("run", "rows")).Code);
        var time = Json(await Run("tables", "history", "rows", "--json")).GetProperty("commits")[1].GetProperty("timestamp").GetString();

        var joined = Json(
            await Run("sql", "select n.id, b.id as was from staging.rows n left join staging.rows b at (version => 0) using (id)", "--json")
        );
        var then = Json(await Run("sql", $"select * from shop.staging.rows at (timestamp => '{time}')", "--json")).GetProperty("rows");
        var preview = Json(await Run("tables", "preview", "rows", "--at", time!, "--json")).GetProperty("rows");
        var none = await Run("sql", "from staging.rows at (version => 9)");

        Assert.Equal(
            ["1 1", "7 "],
            joined.GetProperty("rows").EnumerateArray().Select(r => $"{r.GetProperty("id")} {r.GetProperty("was")}").Order()
        );
        Assert.Equal("""[{"id":1,"name":"Ada"}]""", Compact(then));
        Assert.Equal(Compact(then), Compact(preview));
        Assert.Contains("the newest is 1", none.Error, StringComparison.Ordinal);

        File.Delete(hub.Files("data").Single(file => CommitOf(1).Contains(Path.GetFileName(file), StringComparison.Ordinal)));
        var found = Json(await Run("sql", "from staging.rows r where r.id between 0 and 3", "--json")).GetProperty("rows");
        var first = Json(await Run("tables", "preview", "rows", "-n", "1", "--json")).GetProperty("rows");
        var gone = await Run("sql", "from staging.rows where id > 3");

        Assert.Equal("""[{"id":1,"name":"Ada"}]""", Compact(found));
        Assert.Equal(Compact(found), Compact(first));
        foreach (var refused in new[] { gone, await Run("tables", "preview", "rows"), await Run("tables", "diff", "rows") })
        {
            Assert.Equal((int)ExitCode.Failed, refused.Code);
            Assert.Contains("table shop.staging.rows, version 1, file 'part-", refused.Error, StringComparison.Ordinal);
            Assert.Contains("is gone", refused.Error, StringComparison.Ordinal);
        }

        string CommitOf(int version) => File.ReadAllText(hub.Locate($"data/applications/shop/staging/rows/_delta_log/{version:D20}.json"));
    }

    [Fact]
    public async Task A_query_that_is_wrong_says_in_which_line_and_column()
    {
        await Load("id,name\n1,Ada\n");
        foreach (
            var (query, says) in new[]
            {
                ("select id,\n  nme from staging.rows", "line 2, column 3: "),
                ("select id\nfrom staging.rows\nwhere", "line 3, column 6: "),
                ("", "there is no query"),
                ("from staging.rows at (version => id)", "VERSION => 3"),
                ("install httpfs", "no SELECT"),
            }
        )
        {
            var refused = await Run("sql", query);
            Assert.Equal((int)ExitCode.Failed, refused.Code);
            Assert.Contains(says, refused.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Rows_are_printed_as_JSON_and_CSV_whatever_they_hold()
    {
        const string Query = """
            select 1/0 as d, [0.5, 'nan'::double, null] as l, {'a': -1/0, 'b': 'x"y', 'n': 12345678901234567890.12::decimal(38,2)} as s,
                map {'k': 1/0} as m, null::double as e, 12345678901234567890.12::decimal(38,2) as n, '' as t, 'a,b' as "q""c"
            """;

        var rows = Json(await Run("sql", Query, "--json")).GetProperty("rows");
        var csv = await Run("sql", Query, "--csv");

        Assert.Equal(
            """[{"d":"Infinity","l":[0.5,"NaN",null],"s":{"a":"-Infinity","b":"x\u0022y","n":12345678901234567890.12},"m":{"k":"Infinity"},"e":null,"n":12345678901234567890.12,"t":"","q\u0022c":"a,b"}]""",
            Compact(rows)
        );
        Assert.Equal(
            """
            d,l,s,m,e,n,t,"q""c"
            inf,"[0.5,""NaN"",null]","{""a"":""-Infinity"",""b"":""x\""y"",""n"":12345678901234567890.12}","{""k"":""Infinity""}",,12345678901234567890.12,"","a,b"

            """,
            csv.Output
        );
    }

    [Fact]
    public async Task The_history_says_who_did_what()
    {
        hub.WritePipeline("rows", "", "id,name\n1,Ada\n");
        var run = Json(await Run("run", "rows", "--json")).GetProperty("runId").GetString();
        await Run("tables", "properties", "rows", "--set", "owner=me");

        var commits = Json(await Run("tables", "history", "rows", "--json")).GetProperty("commits");
        var shown = await Run("tables", "history", "rows");

        Assert.Equal(Environment.UserName, commits[0].GetProperty("by").GetString());
        Assert.Equal(("shop/staging/rows", run), (commits[1].GetProperty("by").GetString(), commits[1].GetProperty("runId").GetString()));
        Assert.Contains(run!, shown.Output, StringComparison.Ordinal);
    }

    private async Task Load(string rows)
    {
        hub.WritePipeline("rows", "", rows, "overwrite");
        var run = await Run("run", "rows");
        Assert.True(run.Code == 0, run.Output + run.Error);
    }

    private Task<HubProcess.Ended> Run(params string[] arguments) => HubProcess.Run(hub.Path, arguments);

    private static JsonElement Json(HubProcess.Ended ended)
    {
        Assert.True(ended.Code == 0, ended.Error);
        return JsonDocument.Parse(ended.Output).RootElement;
    }

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
