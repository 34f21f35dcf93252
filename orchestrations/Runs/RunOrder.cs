namespace ServerlessHub.Orchestrations.Runs;

/// <summary>The order of the history: by the time at which runs were accepted, and by their ids where that is the same.</summary>
internal static class RunOrder
{
    /// <summary>The newest run comes first.</summary>
    public static int NewestFirst(JobRun left, JobRun right) =>
        right.Queued.CompareTo(left.Queued) is not 0 and var order ? order : string.CompareOrdinal(right.RunId, left.RunId);
}
