using ServerlessHub.Lake.Log;

namespace ServerlessHub.Lake;

/// <summary>
/// A write that is staged anew when another writer was in its way, after a short, random pause, and gives up after some attempts. What was
/// worked out from one certain version (<see cref="CommitOptions.ReadVersion"/>) is not repeated: it could not become right. One thread
/// at a time may use it.
/// </summary>
public sealed class RepeatableWrite : IDisposable
{
    /// <summary>How often it is staged at most.</summary>
    public const int MaxAttempts = 10;

    private readonly Func<StagedWrite> _stage;
    private StagedWrite _staged;

    /// <summary>Stages the write for the first time.</summary>
    /// <param name="stage">Stages it, on the table as it is then; each time as the same transaction.</param>
    public RepeatableWrite(Func<StagedWrite> stage)
    {
        _stage = stage;
        _staged = stage();
    }

    /// <summary>What the write does, in numbers, as it was staged last.</summary>
    public WriteMetrics Metrics => _staged.Metrics;

    /// <summary>Whether the caller has entered the table's rewrites.</summary>
    internal bool IsInTurn { get; init; }

    /// <summary>Makes the write part of the table, as <see cref="StagedWrite.Commit"/> does.</summary>
    /// <param name="ct">Ends the attempts; a commit that is made stays.</param>
    /// <returns>How it ended; conflicted only after all attempts.</returns>
    /// <exception cref="LakeException">As of <see cref="StagedWrite.Commit"/>, and of staging it anew.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the write is not part of the table.</exception>
    public CommitResult Commit(CancellationToken ct = default)
    {
        for (var attempt = 1; ; attempt++)
        {
            var result = _staged.CommitAndCompact(IsInTurn, ct);
            if (result is not CommitResult.Conflicted || _staged.IsOfOneVersion || attempt == MaxAttempts)
                return result;
            LakeTelemetry.StagedAnew(_staged.Table);
            _staged.Dispose();
            Backoff.Wait(attempt, ct);
            ct.ThrowIfCancellationRequested();
            _staged = _stage();
        }
    }

    /// <summary>Deletes the files, unless they are, or may be, part of the table.</summary>
    public void Dispose() => _staged.Dispose();
}
