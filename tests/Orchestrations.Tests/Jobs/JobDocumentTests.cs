using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Orchestrations.Tests.Jobs;

public sealed class JobDocumentTests
{
    private const string CustomerMaster = "samples/config/applications/customer/service/jobs/customer_master.xml";

    // As the design document shows it, to the byte.
    private const string AsDesigned = """
        <jobPipeline id="customer_master" version="2.0">
          <pipelines>
            <pipelineRef id="customer_staging_load" onFailure="retry" maxRetries="2"/>
            <pipelineRef id="customer_standardization" dependsOn="customer_staging_load" onFailure="halt"/>
            <pipelineRef id="customer_service_export" dependsOn="customer_standardization" onFailure="continue"/>
          </pipelines>
          <notifications>
            <email to="ops@company.com" on="failure"/>
            <webhook url="https://hooks.slack.com/services/..." on="completion"/>
          </notifications>
        </jobPipeline>
        """;

    [Fact]
    public void The_sample_is_the_job_of_the_design_but_tells_nobody()
    {
        var notifications = AsDesigned.IndexOf("  <notifications>", StringComparison.Ordinal);
        var end = AsDesigned.IndexOf("</jobPipeline>", StringComparison.Ordinal);

        Assert.Equal(
            AsDesigned.Remove(notifications, end - notifications) + "\n",
            File.ReadAllText(Repository.PathOf(CustomerMaster)).ReplaceLineEndings("\n")
        );
    }

    [Fact]
    public void The_job_of_the_design_says_what_it_says()
    {
        var findings = new Diagnostics();
        var job = JobDocument.Read(AsDesigned, "job.xml", findings)!;

        Assert.Empty(findings);
        Assert.Equal(("customer_master", "2.0", null, null), (job.Id, job.Version, job.MaxParallel, job.Concurrency));
        Assert.Equal(["customer_staging_load", "customer_standardization", "customer_service_export"], job.Nodes.Select(n => n.Target));
        Assert.Equal([FailureAction.Halt, FailureAction.Halt, FailureAction.Continue], job.Nodes.Select(n => n.OnFailure));
        Assert.Equal(new RetryPolicy(2, TimeSpan.FromSeconds(30), Backoff.Exponential, TimeSpan.FromMinutes(15)), job.Nodes[0].Retry);
        Assert.Equal([Occasion.Failure], Assert.IsType<EmailNotification>(job.Notifications[0]).On);
        Assert.Equal("https://hooks.slack.com/services/...", Assert.IsType<WebhookNotification>(job.Notifications[1]).Url);
    }

    [Theory]
    [InlineData("""<jobPipeline id="j" version="1" whenBusy="skip"><pipelines><approval id="a"/></pipelines></jobPipeline>""", "HUB1011")]
    [InlineData("""<jobPipeline id="j" version="1"><pipelines/></jobPipeline>""", "HUB1007")]
    [InlineData("""<jobPipeline id="j" version="1"><notifications/><pipelines><approval id="a"/></pipelines></jobPipeline>""", "HUB1013")]
    [InlineData("""<jobPipeline id="j" version="1"><pipelines><pipeline id="a"/></pipelines></jobPipeline>""", "HUB1004")]
    [InlineData("""<jobPipeline id="j" version="1"><pipelines><approval id="a" fallback="b"/></pipelines></jobPipeline>""", "HUB1005")]
    [InlineData("""<pipeline id="j" version="1" layer="staging"/>""", "HUB1004")]
    public void A_wrong_form_is_found(string text, string rule)
    {
        var findings = new Diagnostics();
        JobDocument.Read(text, "job.xml", findings);

        Assert.Equal(rule, Assert.Single(findings).Rule.Id);
    }
}
