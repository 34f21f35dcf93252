using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>The declaration of the document <c>jobPipeline</c>.</summary>
public static class JobSpec
{
    private const string ParameterDetails = """
        A parameter of the job goes by itself to each pipeline that declares one of the same name; `runDate` and `runTime` always do. `when` takes it as
        `:name`, a `<param>` as `${name}`.

        Always there are `runDate` (date), `runTime` (timestamp), `runId`, `app` and `layer` (string). A run may give the first two; `runDate` is else the
        date of `runTime` in UTC.
        """;

    private const string NodeDetails = """
        What does not depend on each other runs side by side. What happens when a node has failed for good, its `onFailure` says:

        | onFailure | the nodes that depend on it | the rest | the job ends |
        | --- | --- | --- | --- |
        | `halt` | are not started | nothing new is started; what runs may finish | Failed |
        | `skip` | are skipped, and theirs in turn | goes on | CompletedWithErrors |
        | `continue` | run, as if it had succeeded | goes on | CompletedWithErrors |
        | `fallback` | wait for the fallback pipeline, and run if it succeeds | goes on | Completed if the fallback succeeds, else as `halt` |
        | `retry` | wait | goes on | after `maxRetries`, as `then` says |

        `retry` tries again what may pass by itself: a storage, database or network that does not answer, a full disk, a timeout. An error in data or in a
        document stays one, so it is not tried again, and `then` says at once what happens. While a node waits for its next attempt it takes no place of
        `maxParallel`. Once the job is halted or cancelled, no further attempt is made, no fallback begins, and no approval is waited for.

        A node that depends on several is skipped if any of them is skipped, or has failed under `skip`.
        """;

    private const string WhenDetails = """
        `when` is an SQL expression over the job's parameters, as `:name`, and what the nodes before it have done: `node.status` (`'succeeded'`, `'failed'`,
        `'skipped'`, `'replaced'`), `node.rows_read`, `node.rows_written`, `node.rejected_rows`, `node.seconds` and `node.attempts`. If it is not true, the
        node is skipped, and those that depend on it in turn; that is no failure.
        """;

    private static readonly AttributeSpec When = new("when", AttributeKind.Expression, "Runs it only if this is true.");

    private static readonly AttributeSpec DependsOn = new(
        "dependsOn",
        AttributeKind.Names,
        "The nodes that must have ended before it begins."
    );

    private static readonly ElementSpec Param = new("param", "Gives a parameter of the pipeline or job a value.")
    {
        Attributes =
        [
            new("name", AttributeKind.Identifier, "The parameter's name.") { Required = true },
            new("value", AttributeKind.Text, "Its value; `${name}` is a parameter of the job.") { Required = true },
        ],
        Example = """<param name="country" value="${country}"/>""",
    };

    private static readonly ElementSpec PipelineRef = new("pipelineRef", "Runs a pipeline.")
    {
        IsFixed = true,
        Details = WhenDetails,
        Attributes =
        [
            new("id", AttributeKind.Name, "The node's name, and the pipeline's unless `pipeline` says another.") { Required = true },
            new("pipeline", AttributeKind.Name, "The pipeline's id; so one pipeline may be used several times."),
            new("app", AttributeKind.Name, "The pipeline's application; the job's own unless given."),
            new("layer", AttributeKind.Choice, "The pipeline's layer, where the id alone is not clear.") { Choices = PipelineSpec.Layers },
            DependsOn,
            .. Policy(),
            When,
        ],
        Children = [new(Param, Max: null)],
        Example = """
            <pipelineRef id="load_swiss" pipeline="customer_load" dependsOn="prepare" onFailure="retry" maxRetries="5" then="skip">
              <param name="country" value="CH"/>
            </pipelineRef>
            """,
    };

    private static readonly ElementSpec JobRef = new("jobRef", "Runs another job as a part of this one.")
    {
        IsFixed = true,
        Details = "What it takes is as in `<pipelineRef>`. It has succeeded if the job was completed, with errors or without.",
        Attributes =
        [
            new("id", AttributeKind.Name, "The node's name, and the job's unless `job` says another.") { Required = true },
            new("job", AttributeKind.Name, "The job's id; so one job may be used several times."),
            new("app", AttributeKind.Name, "The job's application; this job's own unless given."),
            new("layer", AttributeKind.Choice, "The job's layer, where the id alone is not clear.") { Choices = PipelineSpec.Layers },
            DependsOn,
            .. Policy(),
            When,
        ],
        Children = [new(Param, Max: null)],
        Example = """<jobRef id="orders" job="orders_daily" dependsOn="customers" onFailure="continue"/>""",
    };

    private static readonly ElementSpec Approval = new("approval", "Waits until a person approves.")
    {
        IsFixed = true,
        Details = "While it waits it takes no place of `maxParallel`. If it is rejected, or nobody answers in time, it has failed.",
        Attributes =
        [
            new("id", AttributeKind.Name, "The node's name.") { Required = true },
            DependsOn,
            new("approvers", AttributeKind.Text, "Who may answer, separated by commas; anyone who may run the job unless given."),
            new("timeout", AttributeKind.Duration, "How long it waits; without it, for ever."),
            new("onFailure", AttributeKind.Choice, "What happens if it is rejected.")
            {
                Choices = ["halt", "skip", "continue"],
                Default = "halt",
            },
            When,
        ],
        Example = """<approval id="release" dependsOn="check" approvers="data-office@example.com" timeout="P1D"/>""",
    };

    private static readonly ElementSpec Pipelines = new("pipelines", "What runs: the nodes of the job's graph.")
    {
        IsFixed = true,
        Details = NodeDetails,
        LeastChildren = 1,
        Attributes = [new("maxParallel", AttributeKind.PositiveInteger, "How many nodes run at a time at most; any number unless given.")],
        Children = [new(PipelineRef, Max: null), new(Approval, Max: null), new(JobRef, Max: null)],
    };

    /// <summary>The declaration.</summary>
    public static ElementSpec Spec { get; } =
        new("jobPipeline", "Runs pipelines in their order, side by side where they can, and says what happens when one fails.")
        {
            IsFixed = true,
            AnyOrder = false,
            Attributes =
            [
                DocumentFrame.Id,
                DocumentFrame.Version,
                new("concurrency", AttributeKind.PositiveInteger, "How many runs of it go on at a time at most; any number unless given."),
                new(
                    "whenBusy",
                    AttributeKind.Choice,
                    "What becomes of one run more: it waits (`queue`), is left out (`skip`), or the oldest is cancelled (`cancelOlder`)."
                )
                {
                    Choices = ["queue", "skip", "cancelOlder"],
                    Default = "queue",
                },
            ],
            Children =
            [
                new(DocumentFrame.Metadata),
                new(DocumentFrame.Parameters(ParameterDetails)),
                new(DocumentFrame.Triggers),
                new(Pipelines, Min: 1),
                new(NotificationSpec.Spec),
            ],
        };

    private static IEnumerable<AttributeSpec> Policy() =>
        [
            new("onFailure", AttributeKind.Choice, "What happens when it fails.")
            {
                Choices = ["retry", "halt", "skip", "continue", "fallback"],
                Default = "halt",
            },
            new("maxRetries", AttributeKind.PositiveInteger, "With `retry`: how many times it is tried again.") { Default = "3" },
            new("retryDelay", AttributeKind.Duration, "With `retry`: how long after a failure.") { Default = "PT30S" },
            new("backoff", AttributeKind.Choice, "With `retry`: the next delays are the same, grow by the first one, or double.")
            {
                Choices = ["fixed", "linear", "exponential"],
                Default = "exponential",
            },
            new("maxRetryDelay", AttributeKind.Duration, "With `retry`: the longest delay.") { Default = "PT15M" },
            new("then", AttributeKind.Choice, "With `retry`: what happens when trying again did not help.")
            {
                Choices = ["halt", "skip", "continue", "fallback"],
                Default = "halt",
            },
            new("fallback", AttributeKind.Name, "With `fallback`: the id of the pipeline that runs in its place, in the same application."),
            new("timeout", AttributeKind.Duration, "How long one attempt may take; without it, any time."),
        ];
}
