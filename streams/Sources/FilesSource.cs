using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Sources;

/// <summary>
/// Reads files of events, one a line. A file is a partition of its own: its path is the topic, a line's number from 0 its offset. What is added to a file
/// is read on. A last line without an end counts once the file has not changed for a while. An empty line is an event without a value.
/// </summary>
internal sealed class FilesSource : IEventSource
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan StableFor = TimeSpan.FromSeconds(10);

    private readonly SourceContext _context;
    private readonly HubPath _path;
    private readonly Dictionary<string, LineFile> _files = new(StringComparer.Ordinal);

    public FilesSource(SourceContext context)
    {
        _context = context;
        _path = context.Root.Source(context.Ingest.Source["path"]!);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<SourcePartition, long> Ends =>
        _files.Values.Where(file => file.IsAtEnd).ToDictionary(file => file.Partition, file => file.Next - 1);

    /// <inheritdoc/>
    public bool IsAtEnd { get; private set; }

    /// <inheritdoc/>
    public string? Problem => null;

    /// <inheritdoc/>
    public void Read(EventBatch batch, BatchWindow window, CancellationToken ct)
    {
        IsAtEnd = true;
        // Where the table is matters only for files that are opened.
        var reached = new Lazy<IReadOnlyDictionary<SourcePartition, long>>(_context.Offsets);
        foreach (var found in _path.Files().OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            ct.ThrowIfCancellationRequested();
            var file = Known(found, reached);
            file.Look(found);
            while (!window.IsDue(batch) && TryAdd(batch, file, found)) { }
            IsAtEnd &= file.IsAtEnd;
            if (window.IsDue(batch))
                return;
        }
        if (batch.Count == 0)
            WaitHandle.WaitAny([window.Turn.WaitHandle, ct.WaitHandle], Pause);
    }

    /// <inheritdoc/>
    public bool ReadsAhead => true;

    /// <inheritdoc/>
    public void Settle(EventBatch batch, BatchResult result)
    {
        if (result.IsCommitted)
            return;
        // Somebody else has read on: these files are opened anew where the table is.
        foreach (var (partition, _) in batch.Ranges)
            if (_files.Remove(partition.Topic, out var file))
                file.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files.Values)
            file.Dispose();
    }

    private LineFile Known(SourceFile found, Lazy<IReadOnlyDictionary<SourcePartition, long>> reached)
    {
        if (_files.TryGetValue(found.Name, out var known))
            return known;
        var partition = new SourcePartition(found.Name, 0);
        var file = new LineFile(partition, found.Location);
        try
        {
            file.Skip(TableOffsets.At(reached.Value, partition) + 1 ?? 0);
        }
        catch
        {
            file.Dispose();
            throw;
        }
        _files.Add(found.Name, file);
        return file;
    }

    private bool TryAdd(EventBatch batch, LineFile file, SourceFile found)
    {
        var isStable = _context.Time.GetUtcNow() - found.Modified > StableFor;
        if (!file.TryRead(isStable, out var line))
            return false;
        batch.Add(
            file.Partition,
            new StreamEvent
            {
                Offset = file.Next - 1,
                EnqueuedAt = (found.Modified - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
                Value = line,
                HasValue = line.Length > 0,
            }
        );
        return true;
    }
}
