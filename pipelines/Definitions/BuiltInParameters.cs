using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Definitions;

/// <summary>The parameters that are always there.</summary>
/// <param name="App">The application.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Pipeline">The pipeline's id.</param>
/// <param name="RunId">The run's id; null when there is no run.</param>
/// <param name="Attempt">Which attempt of the run, from 1.</param>
/// <param name="RunTime">The run's time, unless it is given.</param>
public sealed record BuiltInParameters(string App, string Layer, string Pipeline, string? RunId, int Attempt, DateTimeOffset RunTime)
{
    /// <summary>Their names and types. A run may give <c>runDate</c> and <c>runTime</c>; <c>runDate</c> is else the date of <c>runTime</c> in UTC.</summary>
    public static IReadOnlyDictionary<string, LogicalType> Types { get; } =
        new Dictionary<string, LogicalType>
        {
            ["runDate"] = LogicalType.Date,
            ["runTime"] = LogicalType.TimestampTz,
            ["runId"] = LogicalType.Varchar,
            ["attempt"] = LogicalType.Integer,
            ["app"] = LogicalType.Varchar,
            ["layer"] = LogicalType.Varchar,
            ["pipeline"] = LogicalType.Varchar,
        };

    /// <summary>Whether a run may give it.</summary>
    public static bool MayBeGiven(string name) => name is "runDate" or "runTime";

    internal IEnumerable<(string Name, object? Value)> Values =>
        [("runId", RunId), ("attempt", Attempt), ("app", App), ("layer", Layer), ("pipeline", Pipeline)];
}
