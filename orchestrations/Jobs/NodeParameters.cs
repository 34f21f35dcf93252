using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>What a node gives to the parameters of its pipeline or job: by its <c>param</c> elements, else from the job's parameter of the same name.</summary>
public static class NodeParameters
{
    /// <summary>The texts by name, as far as they are known; those that a run's own start decides, such as <c>runId</c>, are not among them.</summary>
    /// <param name="node">The node.</param>
    /// <param name="declared">What its pipeline or job declares.</param>
    /// <param name="job">The job's parameters.</param>
    public static IReadOnlyDictionary<string, string> Of(JobNode node, IReadOnlyList<ParameterSpec> declared, ParameterValues job)
    {
        var given = new Dictionary<string, string>();
        foreach (var name in declared.Select(d => d.Name).Concat(BuiltInParameters.Types.Keys.Where(BuiltInParameters.MayBeGiven)))
            if (node.Parameters.FirstOrDefault(p => p.Name == name) is { } own)
            {
                if (Expand(own, job) is { } text)
                    given[name] = text;
            }
            else if (job.Text(name) is { } same)
                given[name] = same;
        return given;
    }

    /// <summary>The text of a value with the job's parameters put in; null where one of them has no value.</summary>
    internal static string? Expand(NodeParameter parameter, ParameterValues job)
    {
        var template = TextTemplate.Parse(parameter.Value.Value);
        return template.Error is null && template.References.All(r => job.Text(r.Name) is not null) ? template.Expand(job.Text) : null;
    }

    /// <summary>Reports what is unknown, wrong or missing among the parameters of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="target">What it runs, in words.</param>
    /// <param name="declared">What that declares.</param>
    /// <param name="jobSpecs">What the job declares.</param>
    /// <param name="job">The job's parameters as far as they are known without a run.</param>
    /// <param name="findings">Where findings go.</param>
    internal static void Check(
        JobNode node,
        string target,
        IReadOnlyList<ParameterSpec> declared,
        IReadOnlyList<ParameterSpec> jobSpecs,
        ParameterValues job,
        Diagnostics findings
    )
    {
        foreach (var parameter in node.Parameters)
            CheckOne(parameter, target, declared, job, findings);
        foreach (var twice in node.Parameters.GroupBy(p => p.Name).Where(g => g.Count() > 1))
            findings.Add(
                Rule.DuplicateName,
                twice.Last().Location,
                $"the parameter '{twice.Key}' is already given in line {twice.First().Location.Line}",
                "keep one of the two"
            );
        foreach (var spec in declared.Where(d => !node.Parameters.Any(p => p.Name == d.Name)))
            CheckFlow(node, target, spec, jobSpecs.FirstOrDefault(j => j.Name == spec.Name), job, findings);
    }

    private static void CheckOne(
        NodeParameter parameter,
        string target,
        IReadOnlyList<ParameterSpec> declared,
        ParameterValues job,
        Diagnostics findings
    )
    {
        var known = true;
        foreach (var (name, offset) in TextTemplate.Parse(parameter.Value.Value).References)
            if (!job.Types.ContainsKey(name))
            {
                known = false;
                findings.Add(
                    Rule.UnknownParameter,
                    parameter.Value.LocationAt(offset),
                    $"the job has no parameter '{name}'",
                    NearestName.Hint(name, job.Types.Keys) ?? "declare it in <parameters>"
                );
            }
        if (BuiltInParameters.Types.ContainsKey(parameter.Name) && !BuiltInParameters.MayBeGiven(parameter.Name))
            findings.Add(Rule.BadParameter, parameter.Location, $"the parameter '{parameter.Name}' cannot be given: the hub sets it");
        else if (declared.All(d => d.Name != parameter.Name) && !BuiltInParameters.MayBeGiven(parameter.Name))
            findings.Add(
                Rule.UnknownParameter,
                parameter.Location,
                $"{target} has no parameter '{parameter.Name}'",
                NearestName.Hint(parameter.Name, declared.Select(d => d.Name))
                    ?? (declared.Count > 0 ? "it has: " + string.Join(", ", declared.Select(d => d.Name)) : "it has none")
            );
        else if (known && Expand(parameter, job) is { } text)
            CheckType(parameter.Name, text, target, declared, parameter.Value.Location, findings);
    }

    /// <summary>Checks a parameter that the node does not give itself.</summary>
    private static void CheckFlow(
        JobNode node,
        string target,
        ParameterSpec spec,
        ParameterSpec? same,
        ParameterValues job,
        Diagnostics findings
    )
    {
        if (same is not null && job.Text(spec.Name) is { } text)
            CheckType(spec.Name, text, target, [spec], node.Location, findings);
        else if (spec.IsRequired && same is not { IsRequired: true })
            findings.Add(
                Rule.BadParameter,
                node.Location,
                $"nothing gives {target} its parameter '{spec.Name}', which it requires",
                same is null
                    ? $"add <param name=\"{spec.Name}\" value=\"…\"/>, or a parameter of this name to the job"
                    : $"the job's parameter '{spec.Name}' may be without a value: make it required, or give it a default"
            );
    }

    private static void CheckType(
        string name,
        string text,
        string target,
        IReadOnlyList<ParameterSpec> declared,
        SourceLocation at,
        Diagnostics findings
    )
    {
        var found = new Diagnostics();
        var any = new BuiltInParameters("", "", "", null, 1, default);
        ParameterValues.Of(
            [.. declared.Where(d => d.Name == name)],
            new Dictionary<string, string> { [name] = text },
            any,
            isComplete: false,
            found
        );
        foreach (var wrong in found)
            findings.Add(wrong.Rule, at, $"{target}: {wrong.Message}", wrong.Hint);
    }
}
