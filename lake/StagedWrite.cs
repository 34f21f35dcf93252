using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Maintenance;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Lake.Writing;

namespace ServerlessHub.Lake;

/// <summary>
/// A write whose data files are there and durable, and which no reader sees before <see cref="Commit"/>. Disposing one that was not
/// committed deletes its files; a process that dies first leaves files that are part of no version. One thread at a time may use it.
/// </summary>
public sealed class StagedWrite : IDisposable
{
    private readonly ILakeStorage _storage;
    private readonly string _table;
    private readonly TimeProvider _time;
    private readonly CommitOptions _options;
    private readonly DataFileWriter? _writer;
    private readonly StagedChange? _change;
    private CommitResult? _result;
    private readonly bool _isBehind;
    private bool _filesStay;

    internal StagedWrite(
        ILakeStorage storage,
        string table,
        TimeProvider time,
        CommitOptions options,
        DataFileWriter? writer,
        StagedChange change
    )
    {
        (_storage, _table, _time, _options, _writer, _change) = (storage, table, time, options, writer, change);
        Metrics = change.Metrics;
    }

    /// <summary>One that was committed before, or whose steps others have taken; nothing was written.</summary>
    internal StagedWrite(ILakeStorage storage, string table, TimeProvider time, CommitOptions options, CommitResult done)
    {
        (_storage, _table, _time, _options, _result) = (storage, table, time, options, done);
        _isBehind = true;
        Metrics = new();
    }

    /// <summary>What is done after the commit, if the table asks for it; null for writes that bring no rows.</summary>
    internal AutoCompaction? Compaction { get; init; }

    /// <summary>Whether it was worked out from one certain version, so that it cannot be staged anew.</summary>
    internal bool IsOfOneVersion => _options.ReadVersion is not null || _isBehind;

    /// <summary>The table's folder.</summary>
    internal string Table => _table;

    /// <summary>What the write does, in numbers; all 0 if it was committed before.</summary>
    public WriteMetrics Metrics { get; }

    /// <summary>
    /// Makes the write part of the table, whole, or not at all. Writers of one table in this process wait for each other here. A second
    /// call gives the first one's result. If the table's property <c>delta.autoOptimize.autoCompact</c> is true, small files are put
    /// together afterwards, in a commit of its own, for which the connection that the write was staged with must still be open.
    /// </summary>
    /// <param name="ct">Ends the attempts; a commit that is made stays, whatever it says then.</param>
    /// <exception cref="LakeException">
    /// The storage failed or the log is damaged. The write is not part of the table, as far as can be told; doing all of it again is safe.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the write is not part of the table.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed without having been committed.</exception>
    public CommitResult Commit(CancellationToken ct = default) => CommitAndCompact(isInTurn: false, ct);

    /// <summary>As <see cref="Commit"/>, for a caller that may have entered the table's rewrites itself.</summary>
    internal CommitResult CommitAndCompact(bool isInTurn, CancellationToken ct)
    {
        if (_result is not null)
            return _result;
        ObjectDisposedException.ThrowIf(_change is null || IsDisposed, this);
        _result = CommitInTurn(_change, ct);
        if (_result is CommitResult.Committed committed && Compaction is not null)
            _result = committed with
            {
                Warning = Joined(
                    committed.Warning,
                    Compaction.RunIfDue(_change.Metadata, _change.Added, _options.CommitInfo, isInTurn, ct)
                ),
            };
        return _result;
    }

    private CommitResult CommitInTurn(StagedChange change, CancellationToken ct)
    {
        using var turn = TableLocks.EnterCommit(_storage, _table, ct);
        using var span = LakeTelemetry.Source.StartActivity("lake commit")?.SetTag("hub.table", _table);
        var began = _time.GetTimestamp();
        var loop = new CommitLoop(_storage, _table, _time);
        CommitResult? result = null;
        try
        {
            var rowIds = RowIds.Of(_table, change.Protocol, change.Metadata, change.Before?.State);
            result = loop.Run(
                Actions(change),
                _options.ReadVersion ?? change.ReadVersion,
                Reads(change),
                _options.Progress,
                change.SaysWhen,
                rowIds,
                ct
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LakeException(_table, $"its log could not be read: {e.Message}", cause: e);
        }
        finally
        {
            _filesStay = loop.IsOutcomeOpen || result is CommitResult.Committed;
            LakeTelemetry.Committed(_table, result, _time.GetElapsedTime(began));
        }
        return result is CommitResult.Committed committed
            ? committed with
            {
                Warning = new Checkpointing(_storage, _table, _time).WriteIfDue(committed.Version, change.Metadata, change.Before),
            }
            : result;
    }

    private static string? Joined(string? first, string? second) => first is null || second is null ? first ?? second : $"{first} {second}";

    /// <summary>Deletes the files, unless they are, or may be, part of the table.</summary>
    public void Dispose()
    {
        if (IsDisposed)
            return;
        IsDisposed = true;
        if (!_filesStay)
            _writer?.DeleteAll();
    }

    private bool IsDisposed { get; set; }

    /// <summary>A query that read the table itself depends on all of it.</summary>
    private ReadSet Reads(StagedChange change) => _options.ReadVersion is null ? change.Reads : change.Reads.AndEverything();

    private List<LogAction> Actions(StagedChange change)
    {
        var now = _time.GetUtcNow();
        List<LogAction> actions = [new() { CommitInfo = CommitInfo.Create(_options, change, now) }];
        if (change.ProtocolChanges)
            actions.Add(new() { Protocol = change.Protocol });
        if (change.MetadataChanges)
            actions.Add(new() { MetaData = change.Metadata });
        if (_options.IsKnownAgain)
            actions.Add(Transaction(_options.TransactionId, _options.TransactionVersion, now));
        actions.AddRange(_options.Progress.Select(step => Transaction(step.Id, step.To, now)));
        actions.AddRange(change.Removed.Select(file => new LogAction { Remove = file }));
        actions.AddRange(change.Added.Select(file => new LogAction { Add = file }));
        actions.AddRange(change.ChangeFiles.Select(file => new LogAction { Cdc = file }));
        return actions;
    }

    private static LogAction Transaction(string id, long version, DateTimeOffset now) =>
        new()
        {
            Txn = new()
            {
                AppId = id,
                Version = version,
                LastUpdated = now.ToUnixTimeMilliseconds(),
            },
        };
}
