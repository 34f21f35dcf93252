using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Redriving;

namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub streams redrive --json</c> prints.</summary>
/// <param name="Stream">The stream, as app/layer/id.</param>
/// <param name="IsDryRun">Whether nothing was written.</param>
/// <param name="Letters">How many dead letters were taken through the stream.</param>
/// <param name="Redriven">How many of them are dead letters no more.</param>
/// <param name="Dead">Why the others still are: the most frequent reasons, the first one first.</param>
internal sealed record RedriveOutput(string Stream, bool IsDryRun, long Letters, long Redriven, IReadOnlyList<DeadReasonOutput> Dead)
{
    /// <summary>A misfit's reason holds its values, so there may be as many as letters.</summary>
    private const int MostReasons = 20;

    public static RedriveOutput Of(StreamDefinition stream, RedriveResult result, bool isDryRun) =>
        new(
            stream.Address.ToString(),
            isDryRun,
            result.Letters,
            result.Redriven,
            [.. result.Dead.Take(MostReasons).Select(d => new DeadReasonOutput(d.Phase, d.Reason, d.Letters))]
        );
}

/// <summary>A reason for which events are dead letters.</summary>
/// <param name="Phase">The phase that could not take them: <c>ingest</c> or <c>flatten</c>.</param>
/// <param name="Reason">Why not.</param>
/// <param name="Letters">How many there are.</param>
internal sealed record DeadReasonOutput(string Phase, string Reason, long Letters);
