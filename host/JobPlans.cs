using System.Text.Json;
using ServerlessHub.Api.Problems;
using ServerlessHub.Host.Output;
using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host;

/// <summary>Turns a valid job into what <c>hub plan</c> shows.</summary>
internal static class JobPlans
{
    private const int NextTimes = 10;

    /// <summary>Validates a job.</summary>
    /// <exception cref="DocumentRefusedException">The document, one it names, or a parameter is not valid.</exception>
    public static JobValidation Validate(HubRoot root, HubDocument document, IReadOnlyDictionary<string, string> parameters)
    {
        using var validator = new JobValidator(root, TimeProvider.System);
        var findings = new Diagnostics();
        var validation = DocumentFile.Read(root, document, findings) is { } file ? validator.Validate(file, parameters, null) : null;
        findings.AddRange(validation?.Findings ?? []);
        return validation?.Graph is null ? throw new DocumentRefusedException(root, document, findings) : validation;
    }

    /// <summary>The plan of a job.</summary>
    /// <param name="document">The document.</param>
    /// <param name="job">What it means; without errors.</param>
    /// <param name="history">How long its last runs took.</param>
    /// <param name="now">When the schedule is looked at.</param>
    public static JobPlanOutput Of(HubDocument document, JobValidation job, RunDurations history, DateTimeOffset now) =>
        new(
            document.Address.App,
            document.Address.Layer,
            document.Address.Id,
            job.Document!.Version,
            document.File,
            job.Document.MaxParallel,
            job.Document.Concurrency,
            job.Document.Metadata.Schedule is { } cron ? Describe(cron, job.Document.Metadata, now) : null,
            [.. InOrder(job).Select(n => Describe(n, job))],
            CriticalPath.Of(job.Document.Nodes.ToDictionary(n => n.Id, n => n.DependsOn), history) is { } path
                ? new JobPlanPath(path.Nodes, path.Duration.TotalSeconds)
                : null,
            [.. job.Findings.Select(FindingOutput.Of)]
        );

    /// <summary>The nodes in the order of the document, but for those that stand above one that they depend on.</summary>
    private static IEnumerable<JobNode> InOrder(JobValidation job)
    {
        var left = job.Document!.Nodes.ToList();
        var done = new HashSet<string>();
        while (left.Count > 0)
        {
            var next = left.First(n => n.DependsOn.All(done.Contains));
            left.Remove(next);
            done.Add(next.Id);
            yield return next;
        }
    }

    private static JobPlanNode Describe(JobNode node, JobValidation job)
    {
        var reference = job.References.GetValueOrDefault(node.Id);
        return new JobPlanNode(
            node.Id,
            node.Kind.ToString().ToLowerInvariant(),
            node.Location.Line,
            reference?.Document.Address.ToString(),
            node.DependsOn,
            Policy(node),
            node.When?.Value,
            node.Timeout is { } timeout ? Time(timeout) : null,
            node.Approvers,
            reference is null ? [] : Given(node, reference, job),
            Tables(reference, r => r.Sources.Where(s => s.Kind is TableSource).Select(s => s.Element["name"]!)),
            Tables(reference, r => r.Targets.Where(t => t.Kind is HiveTarget).Select(t => t.Element["table"]!))
        );
    }

    private static SortedDictionary<string, string> Given(JobNode node, NodeReference reference, JobValidation job)
    {
        var known = NodeParameters.Of(node, reference.Parameters, job.Values);
        var given = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in reference.Parameters.Select(p => p.Name))
            if (known.TryGetValue(name, out var text))
                given[name] = text;
            else if (node.Parameters.FirstOrDefault(p => p.Name == name) is { } own)
                given[name] = own.Value.Value;
            else if (job.Values.Types.ContainsKey(name))
                given[name] = $"${{{name}}}";
        return given;
    }

    private static IReadOnlyList<string> Tables(NodeReference? reference, Func<BoundPipeline, IEnumerable<string>> named) =>
        reference?.Pipeline is { } pipeline
            ?
            [
                .. named(pipeline)
                    .Select(t => TableName.Parse(t, reference.Document.Address.App)?.ToString() ?? t)
                    .Distinct()
                    .Order(StringComparer.Ordinal),
            ]
            : [];

    private static string Policy(JobNode node)
    {
        var then = node.OnFailure switch
        {
            FailureAction.Halt => "halt",
            FailureAction.Skip => "skip what depends on it",
            FailureAction.Continue => "continue",
            _ => $"run {node.Fallback} instead",
        };
        if (node.Retry is not { } retry)
            return then;
        var delay = Time(retry.Delay);
        var growth = retry.Backoff switch
        {
            Backoff.Fixed => $"after {delay}",
            Backoff.Linear => $"after {delay} and as much longer each time, up to {Time(retry.MaxDelay)}",
            _ => $"after {delay} and twice as long each time, up to {Time(retry.MaxDelay)}",
        };
        return $"retry {(retry.MaxRetries == 1 ? "once" : $"{retry.MaxRetries} times")} {growth}, then {then}";
    }

    // A person wrote it, in whole units.
    private static string Time(TimeSpan time)
    {
        (int Count, string Unit)[] parts =
        [
            (time.Days, "d"),
            (time.Hours, "h"),
            (time.Minutes, "min"),
            (time.Seconds, "s"),
            (time.Milliseconds, "ms"),
        ];
        return string.Join(' ', parts.Where(p => p.Count > 0).Select(p => $"{p.Count} {p.Unit}"));
    }

    private static JobPlanSchedule Describe(CronExpression cron, DocumentMetadata metadata, DateTimeOffset now)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(metadata.TimeZone);
        var times = new CronTimes(cron, zone);
        var next = new List<DateTimeOffset>();
        for (var at = times.After(now.UtcDateTime); at is { } time && next.Count < NextTimes; at = times.After(time))
            next.Add(TimeZoneInfo.ConvertTime(new DateTimeOffset(time), zone));
        return new JobPlanSchedule(
            cron.Text,
            metadata.TimeZone,
            JsonNamingPolicy.CamelCase.ConvertName(metadata.Missed.ToString()),
            next,
            [.. ClockChanges.Of(cron, zone, now.UtcDateTime)]
        );
    }
}
