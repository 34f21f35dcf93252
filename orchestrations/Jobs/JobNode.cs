using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>A value that a node gives to a parameter of its pipeline or job.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Value">Its text, in which <c>${name}</c> is a parameter of the job.</param>
/// <param name="Location">Where it is given.</param>
public sealed record NodeParameter(string Name, SourceText Value, SourceLocation Location);

/// <summary>A node of a job, as its document says it.</summary>
/// <param name="Id">Its name, unique within the job.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Element">Its element, for the places of what it says.</param>
public sealed record JobNode(string Id, NodeKind Kind, Element Element)
{
    /// <summary>The id of the pipeline or job that it runs; empty for an approval.</summary>
    public string Target { get; private init; } = "";

    /// <summary>The application of what it runs; null for the job's own.</summary>
    public string? App { get; private init; }

    /// <summary>The layer of what it runs; null for whichever has it.</summary>
    public string? Layer { get; private init; }

    /// <summary>The nodes that must have ended before it begins.</summary>
    public IReadOnlyList<string> DependsOn { get; private init; } = [];

    /// <summary>How it is tried again; null when it is not.</summary>
    public RetryPolicy? Retry { get; private init; }

    /// <summary>What happens when it has failed for good.</summary>
    public FailureAction OnFailure { get; private init; }

    /// <summary>The id of the pipeline that runs in its place; null when there is none.</summary>
    public string? Fallback { get; private init; }

    /// <summary>How long an attempt may take, or how long it waits for an answer; null for any time.</summary>
    public TimeSpan? Timeout { get; private init; }

    /// <summary>The condition on which it runs; null for always.</summary>
    public SourceText? When { get; private init; }

    /// <summary>The values it gives to parameters.</summary>
    public IReadOnlyList<NodeParameter> Parameters { get; internal init; } = [];

    /// <summary>Who may approve; empty for anyone who may run the job.</summary>
    public IReadOnlyList<string> Approvers { get; private init; } = [];

    /// <summary>Where it is declared.</summary>
    public SourceLocation Location => Element.Location;

    /// <summary>Where a name in <c>dependsOn</c> is written.</summary>
    public SourceLocation LocationOfDependency(string name)
    {
        var source = Element.Source("dependsOn")!;
        return source.LocationAt(NameList.Located(source.Value).FirstOrDefault(p => NameList.Unquote(p.Text) == name).Offset);
    }

    /// <summary>Reads a sound <c>pipelineRef</c>, <c>approval</c> or <c>jobRef</c>.</summary>
    internal static JobNode Read(Element element)
    {
        var id = element["id"]!;
        var node = new JobNode(id, KindOf(element), element)
        {
            DependsOn = [.. element.Names("dependsOn").Distinct()],
            Timeout = element["timeout"] is { } timeout ? Duration(timeout) : null,
            When = element.Source("when"),
            OnFailure = Action(element, "onFailure"),
        };
        if (node.Kind == NodeKind.Approval)
            return node with { Approvers = element.Names("approvers") };
        return node with
        {
            Target = element[node.Kind == NodeKind.Job ? "job" : "pipeline"] ?? id,
            App = element["app"],
            Layer = element["layer"],
            Retry = element["onFailure"] == "retry" ? ReadRetry(element) : null,
            OnFailure = Action(element, element["onFailure"] == "retry" ? "then" : "onFailure"),
            Fallback = element["fallback"],
            Parameters = [.. element.Children.Select(c => new NodeParameter(c["name"]!, c.Source("value")!, c.Location))],
        };
    }

    private static NodeKind KindOf(Element element) =>
        element.Spec.Name switch
        {
            "pipelineRef" => NodeKind.Pipeline,
            "approval" => NodeKind.Approval,
            _ => NodeKind.Job,
        };

    private static FailureAction Action(Element element, string attribute) =>
        Enum.TryParse<FailureAction>(element[attribute], ignoreCase: true, out var action) ? action : FailureAction.Halt;

    private static RetryPolicy ReadRetry(Element element) =>
        new(
            element.Number("maxRetries")!.Value,
            Duration(element["retryDelay"]!),
            Enum.Parse<Backoff>(element["backoff"]!, ignoreCase: true),
            Duration(element["maxRetryDelay"]!)
        );

    private static TimeSpan Duration(string text) =>
        IsoDuration.TryParse(text, out var duration) ? duration : throw new ArgumentException($"'{text}' is no duration.", nameof(text));
}
