using System.Text.Json;
using ServerlessHub.Samples;

namespace ServerlessHub.Host.Tests;

/// <summary>Commands about jobs, on the samples and on a job of its own.</summary>
public sealed class JobCommandsTests : IDisposable
{
    private readonly TemporaryHub hub = new();

    public JobCommandsTests() => SampleDocuments.CopyTo(hub.Path);

    public void Dispose() => hub.Dispose();

    [Fact]
    public void The_plan_of_a_job_draws_its_graph_with_policies()
    {
        var (code, output, _) = Hub("plan", "customer_master");

        Assert.Equal(ExitCode.Done, code);
        Assert.StartsWith(
            """
            customer_master 2.0
            config/applications/customer/service/jobs/customer_master.xml

              ●  customer_staging_load
            """.ReplaceLineEndings("\n"),
            output,
            StringComparison.Ordinal
        );
        Assert.Contains("customer_service_export reads customer.standardization.customer_country_day\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_plan_of_a_job_as_JSON_has_what_each_node_is_given_reads_and_writes()
    {
        var plan = Json(Hub("plan", "sales_daily", "-p", "days=7", "--json").Output);

        var nodes = plan.GetProperty("nodes").EnumerateArray().ToDictionary(n => n.GetProperty("id").GetString()!);
        Assert.Equal("""{"days":"7","productsPerCategory":"5"}""", Compact(nodes["report"].GetProperty("given")));
        Assert.Equal(
            "retry 3 times after 1 min and twice as long each time, up to 15 min, then continue",
            nodes["customers_load"].GetProperty("policy").GetString()
        );
        Assert.Equal("""["orders.staging.customers"]""", Compact(nodes["customers_load"].GetProperty("writes")));
        Assert.Equal("approval", nodes["release"].GetProperty("kind").GetString());
        var schedule = plan.GetProperty("schedule");
        Assert.Equal(10, schedule.GetProperty("next").GetArrayLength());
        Assert.All(
            schedule.GetProperty("next").EnumerateArray(),
            t => Assert.Contains("T04:15:00+0", t.GetString(), StringComparison.Ordinal)
        );
        Assert.Equal(0, schedule.GetProperty("notes").GetArrayLength());
    }

    [Fact]
    public void A_simulation_says_what_follows_from_a_failure_and_runs_nothing()
    {
        var (code, output, _) = Hub("simulate", "customer_master", "--fail", "customer_standardization");

        Assert.Equal(ExitCode.Done, code);
        Assert.Contains("customer_service_export   not started  customer_standardization", output, StringComparison.Ordinal);
        Assert.EndsWith("the job ends Failed\n", output, StringComparison.Ordinal);
        Assert.Empty(hub.Files("data"));
    }

    [Fact]
    public void A_simulation_as_JSON_has_its_steps_and_ends()
    {
        var simulation = Json(Hub("simulate", "sales_daily", "--fail", "orders_load=1", "--skip-when", "release", "--json").Output);

        Assert.Equal("Completed", simulation.GetProperty("status").GetString());
        Assert.Contains(
            """{"round":1,"node":"orders_load","attempt":1,"isFallback":false,"result":"FailedTransiently"}""",
            simulation.GetProperty("steps").EnumerateArray().Select(Compact)
        );
        Assert.Contains(
            """{"node":"report_released","status":"Skipped","because":"release"}""",
            simulation.GetProperty("nodes").EnumerateArray().Select(Compact)
        );
    }

    [Fact]
    public void An_event_starts_the_job_that_waits_for_it_and_shows_it_to_its_end()
    {
        hub.Write("landing/days.csv", "day\n2026-06-30\n");
        hub.Write(
            "config/applications/orders/staging/pipelines/days.xml",
            """
            <pipeline id="days" version="1" layer="staging">
              <parameters><parameter name="shop" required="true"/></parameters>
              <triggers><onEvent name="shop_closed"/></triggers>
              <sources><csv id="rows" path="landing/days.csv"/></sources>
              <targets><hive table="staging.days"/></targets>
            </pipeline>
            """
        );

        var raised = Json(Hub("signal", "orders/shop_closed", "-p", "shop=7", "--json").Output);

        var run = Assert.Single(raised.GetProperty("runs").EnumerateArray());
        Assert.Equal(
            ("completed", "event"),
            (run.GetProperty("status").GetString(), run.GetProperty("trigger").GetProperty("kind").GetString())
        );
        Assert.Equal("7", run.GetProperty("parameters").GetProperty("shop").GetString());
        Assert.Equal(ExitCode.Invalid, Hub("signal", "shop_closed").Code);
        Assert.Equal(ExitCode.Failed, Hub("signal", "shop_closed", "-p", "shops=7").Code);
        Assert.Contains("did you mean 'shop_closed'?", Hub("signal", "shop_close").Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("simulate sales_daly", (int)ExitCode.NotFound, "did you mean 'sales_daily'?")]
    [InlineData("simulate sales_daily --fail orders", (int)ExitCode.NotFound, "the job has no node 'orders'")]
    [InlineData("simulate sales_daily --fail orders_load=often", (int)ExitCode.Usage, "orders_load=transient")]
    [InlineData("simulate sales_daily --skip-when sales", (int)ExitCode.Usage, "the node 'sales' has no condition")]
    [InlineData("plan sales_daily --sql", (int)ExitCode.Usage, "this is a job")]
    [InlineData("plan sales_daly", (int)ExitCode.NotFound, "did you mean 'sales_daily'?")]
    [InlineData("plan sales_daily -p days=many", (int)ExitCode.Invalid, "it must be a whole number")]
    public void What_cannot_be_is_told(string line, int code, string part)
    {
        var ended = Hub(line.Split(' '));

        Assert.Equal(code, (int)ended.Code);
        Assert.Contains(part, ended.Error + ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Validation_finds_what_is_wrong_with_a_job()
    {
        hub.Write(
            "config/applications/orders/service/jobs/bad.xml",
            """<jobPipeline id="bad" version="1"><pipelines><pipelineRef id="sales" dependsOn="orders_laod"/><pipelineRef id="orders_load"/></pipelines></jobPipeline>"""
        );

        var (code, output, _) = Hub("validate", "bad");
        var json = Json(Hub("validate", "all", "--json").Output);

        Assert.Equal(ExitCode.Invalid, code);
        Assert.Equal(
            "config/applications/orders/service/jobs/bad.xml:1:81: error HUB2011: 'sales' depends on 'orders_laod', which is no node of this job; did you mean 'orders_load'?\n",
            output
        );
        Assert.Equal(
            ["customer_master", "bad", "sales_daily"],
            json.GetProperty("documents")
                .EnumerateArray()
                .Where(d => d.GetProperty("kind").GetString() == "job")
                .Select(d => d.GetProperty("id").GetString())
        );
    }

    private (ExitCode Code, string Output, string Error) Hub(params string[] arguments)
    {
        using var terminal = new RecordedTerminal();
        var code = CommandLine.Run([.. arguments, "--root", hub.Path], terminal.Terminal, CancellationToken.None);
        return (code, terminal.Output, terminal.Error);
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);
}
