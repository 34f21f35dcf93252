using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Tests.Jobs;

/// <summary>A hub root with pipelines and jobs of the application <c>shop</c>.</summary>
internal sealed class JobHub : IDisposable
{
    private readonly TestHub hub = new();

    public JobHub() => hub.Write("landing/rows.csv", "id,name\n1,a\n");

    /// <summary>Writes a pipeline that reads a file into the table <c>staging.&lt;id&gt;</c>.</summary>
    public void Pipeline(string id, string parameters = "", string app = "shop", string layer = "staging", string steps = "") =>
        hub.Write(
            $"config/applications/{app}/{layer}/pipelines/{id}.xml",
            $"""
            <pipeline id="{id}" version="1.0" layer="{layer}">
              <parameters>{parameters}</parameters>
              <sources><csv id="rows" path="landing/rows.csv"/></sources>
              {(steps.Length == 0 ? "" : $"<transformations>{steps}</transformations>")}
              <targets><hive table="{layer}.{id}"/></targets>
            </pipeline>
            """
        );

    /// <summary>Writes a job and gives what validation makes of it.</summary>
    /// <param name="nodes">What <c>pipelines</c> holds.</param>
    /// <param name="before">What stands before it.</param>
    /// <param name="after">What stands behind it.</param>
    /// <param name="id">The job's id.</param>
    public JobValidation Job(string nodes, string before = "", string after = "", string id = "job")
    {
        WriteJob(nodes, before, after, id);
        return Validate(id);
    }

    public void WriteJob(string nodes, string before = "", string after = "", string id = "job") =>
        hub.Write(
            $"config/applications/shop/service/jobs/{id}.xml",
            $"<jobPipeline id=\"{id}\" version=\"1.0\">{before}\n<pipelines>\n{nodes}\n</pipelines>{after}</jobPipeline>"
        );

    public JobValidation Validate(string id)
    {
        using var validator = new JobValidator(hub.Root, TimeProvider.System);
        return validator.Validate(DocumentFile.Read(hub.Root, hub.Root.Document(DocumentKind.Job, id), new Diagnostics())!);
    }

    /// <summary>What is wrong with a job, a line each: <c>line:column rule: message; hint</c>.</summary>
    public string[] Findings(string nodes, string before = "", string after = "") => Findings(Job(nodes, before, after));

    public static string[] Findings(JobValidation job) =>
        [
            .. job.Findings.Select(f =>
                $"{f.Location.Line}:{f.Location.Column} {f.Rule.Id}: {f.Message}{(f.Hint is null ? "" : "; " + f.Hint)}"
            ),
        ];

    public void Dispose() => hub.Dispose();
}
