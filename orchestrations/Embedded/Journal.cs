using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>
/// An append-only log of records in segments. What is appended while a batch is being flushed makes up the next batch, so that the number of flushes
/// does not limit the number of records (group commit). Records become durable in the order in which they were appended.
/// </summary>
internal sealed class Journal : IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _reading = new();
    private readonly object _gate = new();
    private readonly JournalDisk _disk;
    private readonly int _segmentSize;
    private readonly Thread _writer;
    private readonly ConcurrentDictionary<int, SafeFileHandle> _segments = new();
    private readonly Dictionary<int, long> _sizes;
    private JournalBatch _filling = new();
    private JournalBatch _spare = new();
    private JournalBatch? _writing;
    private Position _durable;
    private bool _isClosing;
    private volatile IOException? _failure;
    private IOException? _lost;

    /// <summary>Goes on where a scan found the end.</summary>
    /// <param name="disk">Where the segments are.</param>
    /// <param name="scan">A scan that has read all.</param>
    /// <param name="segmentSize">From how many bytes on a segment is followed by a new one.</param>
    public Journal(JournalDisk disk, JournalScan scan, int segmentSize)
    {
        (_disk, _segmentSize, _sizes) = (disk, segmentSize, scan.Sizes);
        if (!scan.End.IsNone)
            disk.Cut(scan.End);
        _durable = scan.End.IsNone ? new Position(1, JournalFormat.SegmentHeader) : scan.End;
        _filling.Begin(Next(_durable), scan.Batch + 1);
        _writer = new Thread(WriteBatches) { Name = "hub-journal", IsBackground = true };
        _writer.Start();
    }

    /// <summary>Why nothing can be written now; null when all is well. It is tried again each second.</summary>
    public IOException? Failure => _failure;

    /// <summary>The number of the oldest segment, and of the one that is written to.</summary>
    public (int First, int Last) Range
    {
        get
        {
            lock (_gate)
                return (_sizes.Count == 0 ? _filling.Start.Segment : _sizes.Keys.Min(), _filling.Start.Segment);
        }
    }

    /// <summary>How many bytes there are in all segments.</summary>
    public long Size
    {
        get
        {
            lock (_gate)
                return _sizes.Values.Sum() + _filling.Size;
        }
    }

    /// <summary>Appends a record; it is on disk only when <paramref name="onDurable"/> is called, on the journal's own thread.</summary>
    /// <returns>Where it is; it can be read at once.</returns>
    public Position Append(ReadOnlySpan<byte> record, Action? onDurable = null)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosing, this);
            if (_filling.Size == 0)
                Monitor.PulseAll(_gate);
            if (onDurable is not null)
                _filling.Actions.Add(onDurable);
            return _filling.Add(record);
        }
    }

    /// <summary>Ends when the record at a position is on disk.</summary>
    public Task WhenDurable(Position position)
    {
        lock (_gate)
        {
            if (position.Value < _durable.Value)
                return Task.CompletedTask;
            if (_lost is not null)
                return Task.FromException(_lost);
            return _writing is { } writing && writing.Contains(position) ? writing.Durable : _filling.Durable;
        }
    }

    /// <summary>The record at a position, without its header.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public byte[] Read(Position position)
    {
        lock (_gate)
        {
            if (_filling.Contains(position))
                return _filling.Record(position);
            if (_writing is { } writing && writing.Contains(position))
                return writing.Record(position);
        }
        const int FirstRead = 1024;
        var handle = Handle(position.Segment);
        var bytes = new byte[FirstRead];
        var read = RandomAccess.Read(handle, bytes, position.Offset);
        var size = read < JournalFormat.RecordHeader ? 0 : JournalFormat.RecordHeader + JournalFormat.Length(bytes);
        if (size > read && size <= RandomAccess.GetLength(handle) - position.Offset)
        {
            Array.Resize(ref bytes, size);
            while (read < size && RandomAccess.Read(handle, bytes.AsSpan(read), position.Offset + read) is > 0 and var more)
                read += more;
        }
        if (!JournalFormat.IsWhole(bytes.AsSpan(0, read)))
            throw new InvalidDataException($"'{_disk.PathOf(position.Segment)}' is damaged at offset {position.Offset}.");
        return bytes[JournalFormat.RecordHeader..size];
    }

    /// <summary>Deletes the oldest segment, which nobody needs any more.</summary>
    public void DeleteFirst()
    {
        var first = Range.First;
        _disk.Delete(first);
        lock (_gate)
            _sizes.Remove(first);
        if (_segments.TryRemove(first, out var handle))
            handle.Dispose();
    }

    /// <summary>Writes what was appended, and ends. What cannot be written now is lost; nobody was told that it is durable.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosing = true;
            Monitor.PulseAll(_gate);
        }
        _writer.Join();
        foreach (var handle in _segments.Values)
            handle.Dispose();
    }

    private void WriteBatches()
    {
        while (TakeBatch() is { } batch)
        {
            batch.Seal();
            if (!Write(batch))
            {
                lock (_gate)
                {
                    _lost = _failure!;
                    batch.SetLost(_lost);
                    _filling.SetLost(_lost);
                }
                return;
            }
            lock (_gate)
            {
                _durable = batch.End;
                _sizes[batch.Start.Segment] = batch.End.Offset;
                _writing = null;
            }
            foreach (var action in batch.Actions)
                action();
            batch.SetDurable();
            _spare = batch;
        }
    }

    private JournalBatch? TakeBatch()
    {
        lock (_gate)
        {
            while (_filling.Size == 0)
            {
                if (_isClosing)
                    return null;
                Monitor.Wait(_gate);
            }
            (_writing, _filling) = (_filling, _spare);
            _filling.Begin(Next(_writing.End), _writing.Number + 1);
            return _writing;
        }
    }

    /// <summary>Where a batch begins that follows what ends at a position.</summary>
    private Position Next(Position end) => end.Offset < _segmentSize ? end : new Position(end.Segment + 1, JournalFormat.SegmentHeader);

    /// <summary>Writes a batch, again and again while the disk refuses it; all of it each time, since a flush that failed may have dropped any part.</summary>
    private bool Write(JournalBatch batch)
    {
        while (true)
        {
            try
            {
                _disk.Write(HandleToWrite(batch.Start), batch.Bytes.Span, batch.Start.Offset);
                _failure = null;
                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _failure = new IOException(
                    $"'{_disk.PathOf(batch.Start.Segment)}' cannot be written, and no orchestration goes on until it can: {e.Message}",
                    e
                );
            }
            lock (_gate)
            {
                if (_isClosing)
                    return false;
                Monitor.Wait(_gate, RetryAfter);
            }
        }
    }

    private SafeFileHandle HandleToWrite(Position start)
    {
        var isNew = start.Offset == JournalFormat.SegmentHeader && !_segments.ContainsKey(start.Segment);
        return isNew ? _segments[start.Segment] = _disk.Create(start.Segment) : Handle(start.Segment);
    }

    private SafeFileHandle Handle(int segment)
    {
        if (_segments.TryGetValue(segment, out var open))
            return open;
        lock (_reading)
            return _segments.GetOrAdd(segment, _disk.Open);
    }
}
