using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Orchestrations.Tests.Jobs;

/// <summary>What is wrong with a job is said with its place, and what was meant. The nodes begin in line 3.</summary>
public sealed class JobValidatorTests : IDisposable
{
    private readonly JobHub hub = new();

    public JobValidatorTests()
    {
        hub.Pipeline("a");
        hub.Pipeline("b");
        hub.Pipeline("c");
        hub.Pipeline("load", """<parameter name="country" required="true"/><parameter name="n" type="int"/>""");
    }

    [Fact]
    public void A_sound_job_has_a_graph_and_what_its_nodes_run()
    {
        var job = hub.Job(
            """
            <pipelineRef id="a" onFailure="retry" maxRetries="2" retryDelay="PT1M" backoff="linear" then="fallback" fallback="c" timeout="PT1H"/>
            <approval id="ok" dependsOn="a" approvers="ann, bob" timeout="P1D"/>
            <pipelineRef id="twice" pipeline="a" dependsOn="a, ok"/>
            """,
            """<metadata><sla>PT2H</sla><schedule timeZone="Europe/Zurich" missed="all">0 6 * * *</schedule></metadata>"""
        );

        Assert.Empty(job.Findings);
        Assert.Equal(["a", "ok", "twice"], job.Graph!.Levels.Select(l => Assert.Single(l).Id));
        Assert.Equal(["a", "twice"], job.References.Keys);
        Assert.Equal("shop/staging/a", job.References["twice"].Document.Address.ToString());
        Assert.Equal("shop/staging/c", job.Fallbacks["a"].Document.Address.ToString());
        var (a, ok) = (job.Document!.Nodes[0], job.Document.Nodes[1]);
        Assert.Equal(new RetryPolicy(2, TimeSpan.FromMinutes(1), Backoff.Linear, TimeSpan.FromMinutes(15)), a.Retry);
        Assert.Equal((FailureAction.Fallback, "c", TimeSpan.FromHours(1)), (a.OnFailure, a.Fallback, a.Timeout));
        Assert.Equal(["ann", "bob"], ok.Approvers);
        Assert.Equal((MissedTimes.All, TimeSpan.FromHours(2)), (job.Document.Metadata.Missed, job.Document.Metadata.Sla));
    }

    [Fact]
    public void A_circle_is_named_edge_by_edge() =>
        Assert.Equal(
            [
                "3:32 HUB5004: nodes wait for each other in a circle: a → c → b → a (a depends on c in line 3, c depends on b in line 5, b depends on a in line 4); remove one of these dependencies",
            ],
            hub.Findings(
                """
                <pipelineRef id="a" dependsOn="c"/>
                <pipelineRef id="b" dependsOn="a"/>
                <pipelineRef id="c" dependsOn="x, b"/>
                <pipelineRef id="x" pipeline="a"/>
                <pipelineRef id="below" pipeline="a" dependsOn="c"/>
                """
            )
        );

    [Fact]
    public void Two_circles_are_told_both() =>
        Assert.Equal(
            ["a → b → a", "c → d → c"],
            hub.Findings(
                    """
                    <pipelineRef id="a" dependsOn="b, c"/>
                    <pipelineRef id="b" dependsOn="a"/>
                    <pipelineRef id="c" dependsOn="d"/>
                    <pipelineRef id="d" pipeline="a" dependsOn="c"/>
                    """
                )
                .Select(f => f[(f.IndexOf("circle: ", StringComparison.Ordinal) + 8)..f.IndexOf(" (", StringComparison.Ordinal)])
        );

    [Theory]
    [InlineData(
        """<pipelineRef id="a" dependsOn="b, a"/><pipelineRef id="b"/>""",
        "3:35 HUB5004: 'a' depends on itself; remove it from dependsOn"
    )]
    [InlineData(
        """<pipelineRef id="a"/><pipelineRef id="b" dependsOn="A"/>""",
        "3:53 HUB2011: 'b' depends on 'A', which is no node of this job; did you mean 'a'?"
    )]
    [InlineData(
        """<pipelineRef id="a"/><pipelineRef id="A" pipeline="b"/>""",
        "3:39 HUB2003: a node 'a' is already there in line 3; give one of them another id, and say what it runs with pipeline=\"b\""
    )]
    [InlineData("""<pipelineRef id="laod"/>""", "3:18 HUB2008: there is no pipeline 'laod' in 'shop'; did you mean 'load'?")]
    [InlineData(
        """<pipelineRef id="a" layer="service"/>""",
        "3:18 HUB2008: there is no pipeline 'a' in 'shop/service'; it is in the layer staging"
    )]
    [InlineData("""<jobRef id="x" job="none"/>""", "3:21 HUB2008: there is no job 'none' in 'shop'; there are: job")]
    [InlineData(
        """<pipelineRef id="a" fallback="b"/>""",
        "3:31 HUB5005: the fallback of 'a' can never run: onFailure is 'halt'; write onFailure=\"fallback\", or remove it"
    )]
    [InlineData(
        """<pipelineRef id="a" onFailure="retry" then="skip" fallback="b"/>""",
        "3:61 HUB5005: the fallback of 'a' can never run: then is 'skip'; write then=\"fallback\", or remove it"
    )]
    [InlineData("""<pipelineRef id="a" onFailure="fallback"/>""", "3:32 HUB5005: 'a' has no fallback; name a pipeline: fallback=\"…\"")]
    [InlineData(
        """<pipelineRef id="x" pipeline="a" onFailure="fallback" fallback="a"/>""",
        "3:65 HUB5005: the fallback of 'x' is the pipeline itself, which has failed by then; name another pipeline, or let it be tried again: onFailure=\"retry\""
    )]
    [InlineData(
        """<pipelineRef id="a" onFailure="skip" maxRetries="2"/>""",
        "3:50 HUB1011: maxRetries says how 'a' is tried again, but its onFailure is 'skip'; write onFailure=\"retry\", or remove it"
    )]
    [InlineData(
        """<pipelineRef id="load"/>""",
        "3:1 HUB5002: nothing gives the pipeline 'load' its parameter 'country', which it requires; add <param name=\"country\" value=\"…\"/>, or a parameter of this name to the job"
    )]
    [InlineData(
        """<pipelineRef id="load"><param name="country" value="CH"/><param name="m" value="1"/></pipelineRef>""",
        "3:58 HUB2006: the pipeline 'load' has no parameter 'm'; it has: country, n"
    )]
    [InlineData(
        """<pipelineRef id="load"><param name="country" value="CH"/><param name="n" value="many"/></pipelineRef>""",
        "3:81 HUB5002: the pipeline 'load': the parameter 'n' cannot be 'many': it must be a whole number from -2147483648 to 2147483647"
    )]
    [InlineData(
        """<pipelineRef id="load"><param name="country" value="x${land}"/></pipelineRef>""",
        "3:54 HUB2006: the job has no parameter 'land'; declare it in <parameters>"
    )]
    [InlineData(
        """<pipelineRef id="a"><param name="runId" value="x"/></pipelineRef>""",
        "3:21 HUB5002: the parameter 'runId' cannot be given: the hub sets it"
    )]
    [InlineData(
        """<pipelineRef id="a" when="b.rows_read &gt; 0"/><pipelineRef id="b"/>""",
        "3:27 HUB3010: 'a' does not depend on 'b', so it cannot be known here how 'b' ends; add it to dependsOn, directly or through another node"
    )]
    [InlineData("""<pipelineRef id="a" when="a.attempts = 1"/>""", "3:27 HUB3010: 'a' cannot look at itself before it runs")]
    [InlineData(
        """<pipelineRef id="a"/><pipelineRef id="b" dependsOn="a" when="a.rows &gt; 0"/>""",
        "3:62 HUB2004: no column 'rows' in 'a'; columns here: status, rows_read, rows_written, rejected_rows, seconds, attempts"
    )]
    [InlineData(
        """<pipelineRef id="a"/><pipelineRef id="b" dependsOn="a" when="a.rows_read"/>""",
        "3:62 HUB3004: when must be true or false, but this gives BIGINT; compare it with something"
    )]
    [InlineData(
        """<pipelineRef id="a"/><pipelineRef id="b" dependsOn="a" when=":full"/>""",
        "3:62 HUB2006: unknown parameter ':full'; declare it in <parameters>"
    )]
    [InlineData("""<approval id="ok" onFailure="retry"/>""", "3:30 HUB1009: onFailure cannot be 'retry'; it may be halt, skip, continue")]
    public void What_is_wrong_is_said_with_its_place(string nodes, string finding) => Assert.Equal([finding], hub.Findings(nodes));

    [Fact]
    public void A_condition_on_a_node_that_is_not_there_names_the_nearest() =>
        Assert.StartsWith(
            "3:89 HUB2011: 'load_al' is no node before this one; did you mean 'load_all'?",
            Assert.Single(
                hub.Findings(
                    """<pipelineRef id="load_all" pipeline="a"/><pipelineRef id="b" dependsOn="load_all" when="load_al.rows_read > 1"/>"""
                )
            ),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("""<email to="nobody"/>""", "HUB1009: 'nobody' is no e-mail address; write name@example.com")]
    [InlineData("""<email to="a@b.ch" on="failure, sucess"/>""", "HUB1009: on cannot be 'sucess'; did you mean 'success'?")]
    [InlineData(
        """<email to="a@b.ch" on="sla"/>""",
        "HUB1011: on is 'sla', but the job has no time by which it should end; add <sla> to <metadata>"
    )]
    [InlineData(
        """<email to="a@b.ch" on="fileLate"/>""",
        "HUB1011: on is 'fileLate', but no <onFile> of the job says when its file has to be there; add expectedBy to it"
    )]
    [InlineData(
        """<email to="a@b.ch" on="filePartial"/>""",
        "HUB1011: on is 'filePartial', but no file starts the job; add <onFile> to <triggers>"
    )]
    [InlineData(
        """<webhook url="hooks.example.com"/>""",
        "HUB1009: url cannot be 'hooks.example.com'; it must begin with https:// or http://"
    )]
    [InlineData(
        """<webhook url="${hook}"/>""",
        "HUB1009: '${hook}' is neither a secret nor of the environment; write ${secret:NAME} or ${env:NAME}"
    )]
    [InlineData("""<webhook url="${secret:hook}/x" format="slack"/><email to="${env:OPS}" on="start"/>""", null)]
    public void Notifications_are_checked(string notifications, string? finding)
    {
        var found = hub.Findings("""<pipelineRef id="a"/>""", after: $"<notifications>{notifications}</notifications>");

        Assert.Equal(finding, found.SingleOrDefault()?.Split(' ', 2)[1]);
    }

    [Theory]
    [InlineData(
        "<metadata><schedule>0 0 31 2 *</schedule></metadata>",
        "HUB1009: <schedule> cannot be '0 0 31 2 *'; none of the months has such a day, so it would never fire"
    )]
    [InlineData(
        """<metadata><schedule timeZone="Europe/Zurick">0 0 * * *</schedule></metadata>""",
        "HUB1009: timeZone cannot be 'Europe/Zurick'; did you mean 'Europe/Zurich'?"
    )]
    [InlineData(
        "<metadata><sla>2h</sla></metadata>",
        "HUB1009: <sla> cannot be '2h'; it must be an ISO 8601 duration such as PT30M, PT2H or P1D"
    )]
    [InlineData(
        """<triggers><onFile path="in/*.csv" batchSize="3"/></triggers>""",
        "HUB1011: batchSize says when a batch ends, but take is 'each'; remove it, or write take=\"batch\""
    )]
    [InlineData(
        """<triggers><onFile path="in/*.csv" timeZone="Europe/Zurich"/></triggers>""",
        "HUB1011: timeZone is that of expectedBy, which is not given; remove it, or write expectedBy"
    )]
    [InlineData(
        "<triggers><onTable/></triggers>",
        "HUB1011: neither table nor tables is given; table names one, tables several that must all have been written"
    )]
    public void What_starts_a_job_is_checked(string before, string finding) =>
        Assert.Equal(finding, Assert.Single(hub.Findings("""<pipelineRef id="a"/>""", before)).Split(' ', 2)[1]);

    [Fact]
    public void A_parameter_of_the_job_flows_to_pipelines_that_have_one_of_its_name()
    {
        Assert.Empty(
            hub.Findings("""<pipelineRef id="load"/>""", """<parameters><parameter name="country" required="true"/></parameters>""")
        );
        Assert.Equal(
            ["3:1 HUB5002: the pipeline 'load': the parameter 'n' cannot be 'x': it must be a whole number from -2147483648 to 2147483647"],
            hub.Findings(
                """<pipelineRef id="load"/>""",
                """<parameters><parameter name="country" required="true"/><parameter name="n" default="x"/></parameters>"""
            )
        );
        Assert.Equal(
            [
                "3:1 HUB5002: nothing gives the pipeline 'load' its parameter 'country', which it requires; the job's parameter 'country' may be without a value: make it required, or give it a default",
            ],
            hub.Findings("""<pipelineRef id="load"/>""", """<parameters><parameter name="country"/></parameters>""")
        );
    }

    [Fact]
    public void A_pipeline_that_several_layers_have_must_be_told_apart()
    {
        hub.Pipeline("a", layer: "service");

        Assert.StartsWith(
            "3:18 HUB2010: 2 pipelines of 'shop' are named 'a'",
            Assert.Single(hub.Findings("""<pipelineRef id="a"/>""")),
            StringComparison.Ordinal
        );
        Assert.Empty(hub.Findings("""<pipelineRef id="a" layer="service"/>"""));
    }

    [Fact]
    public void A_pipeline_of_another_application_is_named_with_it()
    {
        hub.Pipeline("other", app: "crm");

        Assert.Equal(
            ["3:18 HUB2008: there is no pipeline 'other' in 'shop'; there is one in 'crm': write app=\"crm\""],
            hub.Findings("""<pipelineRef id="other"/>""")
        );
        Assert.Empty(hub.Findings("""<pipelineRef id="other" app="crm"/>"""));
    }

    [Fact]
    public void A_broken_pipeline_is_said_once_for_each_node_that_runs_it()
    {
        hub.Pipeline("broken", steps: """<filter source="rows" condition="nme = 'x'"/>""");

        Assert.Equal(
            ["3:18 HUB5006: the pipeline 'shop/staging/broken' is not valid; see: hub validate shop/staging/broken"],
            hub.Findings("""<pipelineRef id="broken"/>""")
        );
    }

    [Fact]
    public void What_a_pipeline_reads_may_only_come_to_be_in_the_job()
    {
        hub.Pipeline("later", steps: """<lookup source="rows" reference="staging.a" on="id"/>""");

        Assert.Empty(hub.Findings("""<pipelineRef id="a"/><pipelineRef id="later" dependsOn="a"/>"""));
    }

    [Fact]
    public void A_job_is_no_part_of_itself()
    {
        hub.WriteJob("""<jobRef id="inner"/>""", id: "outer");
        hub.WriteJob("""<jobRef id="again" job="outer"/><pipelineRef id="a"/>""", id: "inner");

        Assert.Equal(
            ["3:1 HUB5007: the job is a part of itself: outer → inner → outer; take one of these jobs out of the other"],
            JobHub.Findings(hub.Validate("outer"))
        );
        Assert.Equal(
            ["3:1 HUB5007: the job is a part of itself: job → job; take one of these jobs out of the other"],
            hub.Findings("""<jobRef id="job"/>""")
        );
    }

    [Fact]
    public void A_job_in_a_job_is_given_its_parameters()
    {
        hub.WriteJob(
            """<pipelineRef id="a"/>""",
            """<parameters><parameter name="day" type="date" required="true"/></parameters>""",
            id: "part"
        );

        Assert.Equal(
            ["3:44 HUB5002: the job 'part': the parameter 'day' cannot be 'today': it must be a date such as 2026-01-31"],
            hub.Findings("""<jobRef id="part"><param name="day" value="today"/></jobRef>""")
        );
        Assert.Empty(hub.Findings("""<jobRef id="part"><param name="day" value="2026-01-31"/></jobRef>"""));
    }

    [Fact]
    public void A_node_whose_form_is_wrong_is_not_missed_by_those_that_depend_on_it() =>
        Assert.Equal(
            ["3:51 HUB1009: maxRetries cannot be '0'; it must be a whole number above zero"],
            hub.Findings("""<pipelineRef id="a" onFailure="retry" maxRetries="0"/><pipelineRef id="b" dependsOn="a"/>""")
        );

    public void Dispose() => hub.Dispose();
}
