using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Jobs;

/// <summary>The parameters of a run of a job, or of a pipeline alone.</summary>
internal static class JobParameters
{
    /// <summary>Their values; reports what is unknown, of the wrong type or missing.</summary>
    /// <param name="declared">Those that the document declares.</param>
    /// <param name="address">Whose it is.</param>
    /// <param name="given">What the run was given, in text form.</param>
    /// <param name="runId">The run.</param>
    /// <param name="runTime">Its time, where none is given.</param>
    /// <param name="findings">Where findings go.</param>
    public static ParameterValues Of(
        IReadOnlyList<ParameterSpec> declared,
        DocumentAddress address,
        IReadOnlyDictionary<string, string> given,
        string runId,
        DateTimeOffset runTime,
        Diagnostics findings
    ) =>
        ParameterValues.Of(
            declared,
            given,
            new BuiltInParameters(address.App, address.Layer, address.Id, runId, 1, runTime),
            isComplete: true,
            findings
        );

    /// <summary>
    /// What a run's document keeps of them: what was given, and what the clock decides, which is decided once. So a run that is made again, or a day later,
    /// is the same run.
    /// </summary>
    /// <param name="given">What the run was given.</param>
    /// <param name="values">The values.</param>
    public static IReadOnlyDictionary<string, string> Kept(IReadOnlyDictionary<string, string> given, ParameterValues values) =>
        new Dictionary<string, string>(given) { ["runTime"] = values.Text("runTime")!, ["runDate"] = values.Text("runDate")! };
}
