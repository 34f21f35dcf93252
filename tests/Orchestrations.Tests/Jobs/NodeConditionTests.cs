using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Orchestrations.Tests.Jobs;

public sealed class NodeConditionTests : IDisposable
{
    private readonly ExpressionBinder binder = new();

    [Theory]
    [InlineData("load.status = 'succeeded'", true)]
    [InlineData("load.rows_written * 2 &gt; load.rows_read", true)]
    [InlineData("load.rejected_rows &gt; :most", false)]
    [InlineData("load.rejected_rows = :most AND runs.attempts IS NULL", true)]
    [InlineData(":runDate = DATE '2026-01-31'", true)]
    [InlineData("NOT :full", true)]
    [InlineData("runs.rows_read &gt; 0", false)]
    [InlineData("load.seconds BETWEEN 1 AND 2", true)]
    public void A_condition_sees_what_nodes_before_have_done(string when, bool expected)
    {
        var (condition, values) = Bind(when);
        var outcomes = new Dictionary<string, NodeOutcome>
        {
            ["load"] = new(NodeStatus.Succeeded, 100, 90, 10, 1.5, 1),
            ["runs"] = new(NodeStatus.Skipped),
        };

        Assert.Equal(expected, condition.IsTrue(outcomes, values, binder));
        Assert.Equal(expected, condition.IsTrue(outcomes, values, binder));
    }

    public void Dispose() => binder.Dispose();

    private (NodeCondition, ParameterValues) Bind(string when)
    {
        var findings = new Diagnostics();
        var job = JobDocument.Read(
            $"""
            <jobPipeline id="j" version="1"><parameters><parameter name="most" type="int" default="10"/><parameter name="full" type="boolean" default="false"/></parameters>
            <pipelines><pipelineRef id="load"/><pipelineRef id="runs" dependsOn="load"/><pipelineRef id="x" dependsOn="runs" when="{when}"/></pipelines></jobPipeline>
            """,
            "j.xml",
            findings
        )!;
        var given = new Dictionary<string, string> { ["runDate"] = "2026-01-31" };
        var values = ParameterValues.Of(job.Parameters, given, new("shop", "service", "j", "r", 1, default), isComplete: true, findings);
        var condition = NodeCondition.Bind(job.Nodes[2], job.Nodes, new HashSet<string> { "load", "runs" }, values.Types, binder, findings);
        Assert.Empty(findings);
        return (condition!, values);
    }
}
