using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>The parameters of a job's run.</summary>
public static class JobParameters
{
    /// <summary>Their values; reports what is unknown, of the wrong type or missing.</summary>
    /// <param name="job">The job.</param>
    /// <param name="address">Whose it is.</param>
    /// <param name="given">What the run was given, in text form.</param>
    /// <param name="runId">The run.</param>
    /// <param name="runTime">Its time, where none is given.</param>
    /// <param name="findings">Where findings go.</param>
    public static ParameterValues Of(
        JobDocument job,
        DocumentAddress address,
        IReadOnlyDictionary<string, string> given,
        string runId,
        DateTimeOffset runTime,
        Diagnostics findings
    ) =>
        ParameterValues.Of(
            job.Parameters,
            given,
            new BuiltInParameters(address.App, address.Layer, address.Id, runId, 1, runTime),
            isComplete: true,
            findings
        );
}
