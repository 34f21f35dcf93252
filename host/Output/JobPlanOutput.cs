using ServerlessHub.Api.Problems;

namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub plan --json</c> prints of a job.</summary>
/// <param name="App">The application.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Job">The job's id.</param>
/// <param name="Version">The document's version.</param>
/// <param name="File">The document, relative to the hub root.</param>
/// <param name="MaxParallel">How many nodes run at a time at most; absent for any number.</param>
/// <param name="Concurrency">How many runs of it go on at a time at most; absent for any number.</param>
/// <param name="Schedule">When it runs; absent when it has no schedule.</param>
/// <param name="Nodes">The graph: every node after those it depends on.</param>
/// <param name="CriticalPath">The nodes that decide how long it takes; absent where one of its nodes has not run often enough to tell.</param>
/// <param name="Findings">Warnings and notes about the document.</param>
internal sealed record JobPlanOutput(
    string App,
    string Layer,
    string Job,
    string Version,
    string File,
    int? MaxParallel,
    int? Concurrency,
    JobPlanSchedule? Schedule,
    IReadOnlyList<JobPlanNode> Nodes,
    JobPlanPath? CriticalPath,
    IReadOnlyList<FindingOutput> Findings
);

/// <summary>The nodes that decide how long a job takes: each waits for the one before it.</summary>
/// <param name="Nodes">The nodes, in their order.</param>
/// <param name="Seconds">How long they take one after the other, as nine in ten of the last successful runs did at most.</param>
internal sealed record JobPlanPath(IReadOnlyList<string> Nodes, double Seconds);

/// <summary>A node of a job's plan.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Kind"><c>pipeline</c>, <c>approval</c> or <c>job</c>.</param>
/// <param name="Line">Where it is declared.</param>
/// <param name="Runs">What it runs, as <c>app/layer/id</c>; absent for an approval.</param>
/// <param name="DependsOn">The nodes that must have ended before it begins.</param>
/// <param name="Policy">What happens when it fails, in words.</param>
/// <param name="When">The condition on which it runs.</param>
/// <param name="Timeout">How long an attempt may take, or how long it waits for an answer.</param>
/// <param name="Approvers">Who may approve.</param>
/// <param name="Given">The parameters it is given, as far as they are known without a run: <c>${name}</c> stands for what a run gives.</param>
/// <param name="Reads">The tables it reads.</param>
/// <param name="Writes">The tables it writes.</param>
internal sealed record JobPlanNode(
    string Id,
    string Kind,
    int Line,
    string? Runs,
    IReadOnlyList<string> DependsOn,
    string Policy,
    string? When,
    string? Timeout,
    IReadOnlyList<string> Approvers,
    IReadOnlyDictionary<string, string> Given,
    IReadOnlyList<string> Reads,
    IReadOnlyList<string> Writes
);

/// <summary>When a job runs.</summary>
/// <param name="Cron">The cron expression.</param>
/// <param name="TimeZone">The zone it is in.</param>
/// <param name="Missed">What becomes of the times that passed while nothing could run: <c>all</c>, <c>last</c> or <c>none</c>.</param>
/// <param name="Next">The next ten times, on the clock of the zone.</param>
/// <param name="Notes">What daylight saving does to them, or to later ones of the next year.</param>
internal sealed record JobPlanSchedule(
    string Cron,
    string TimeZone,
    string Missed,
    IReadOnlyList<DateTimeOffset> Next,
    IReadOnlyList<string> Notes
);
