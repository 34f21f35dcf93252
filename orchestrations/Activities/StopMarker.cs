using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>
/// Says, in the storage, that what a run has begun is to be stopped: an activity that runs has no other way to hear of it in every runtime. It goes with the
/// run's documents.
/// </summary>
internal static class StopMarker
{
    /// <summary>Sets it; set twice, it is set.</summary>
    /// <exception cref="IOException">The storage fails.</exception>
    public static void Set(ILakeStorage storage, string runId) => storage.WriteIfAbsent(FileOf(runId), "{}"u8.ToArray());

    /// <summary>Whether it is set.</summary>
    /// <exception cref="IOException">The storage fails.</exception>
    public static bool IsSet(ILakeStorage storage, string runId) => storage.Find(FileOf(runId)) is not null;

    private static string FileOf(string runId) => $"data/ops/jobs/{runId}/stop.json";
}
