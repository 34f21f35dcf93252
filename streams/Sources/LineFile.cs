using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Events;

namespace ServerlessHub.Streams.Sources;

/// <summary>A file that is read line by line, and may grow meanwhile.</summary>
internal sealed class LineFile : IDisposable
{
    private const int FirstBuffer = 1 << 16;
    private static readonly byte[] Mark = [0xEF, 0xBB, 0xBF];

    private readonly FileStream _stream;
    private byte[] _buffer = new byte[FirstBuffer];
    private int _start;
    private int _end;
    private bool _isExhausted;

    /// <exception cref="RunException">The file cannot be opened.</exception>
    public LineFile(SourcePartition partition, string location)
    {
        Partition = partition;
        try
        {
            _stream = new FileStream(location, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(e);
        }
    }

    public SourcePartition Partition { get; }

    /// <summary>The number of the line that comes next.</summary>
    public long Next { get; private set; }

    /// <summary>Whether all lines there were when it was last read have been read.</summary>
    public bool IsAtEnd => _isExhausted && _start == _end;

    /// <summary>Takes notice of how the file is now.</summary>
    /// <exception cref="RunException">It is shorter than what was read of it.</exception>
    public void Look(SourceFile now)
    {
        if (now.Length < _stream.Position)
            throw new RunException(
                $"{Partition.Topic} has become shorter while it was read",
                "files of events only grow; give other events a file of their own"
            );
        _isExhausted &= now.Length == _stream.Position;
    }

    /// <summary>Passes over the lines before one.</summary>
    /// <exception cref="RunException">There are not so many, so it is not the file that was read before.</exception>
    public void Skip(long line)
    {
        while (Next < line)
            if (!TryRead(isStable: true, out _))
                throw new RunException(
                    $"{Partition.Topic} has only {Next} lines, of which {line} were read before",
                    "put the file back as it was, and give other events a file of their own"
                );
    }

    /// <summary>Reads the next line.</summary>
    /// <param name="isStable">Whether a line without an end is one.</param>
    /// <param name="line">Its bytes, without the end; valid until the next call.</param>
    /// <exception cref="RunException">The file cannot be read.</exception>
    public bool TryRead(bool isStable, out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var found = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                line = Taken(searched + found, 1);
                return true;
            }
            searched = _end - _start;
            if (!Fill())
                break;
        }
        line = isStable && searched > 0 ? Taken(searched, 0) : default;
        return isStable && searched > 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private ReadOnlySpan<byte> Taken(int length, int end)
    {
        var line = _buffer.AsSpan(_start, length);
        _start += length + end;
        if (line.EndsWith("\r"u8))
            line = line[..^1];
        return Next++ == 0 && line.StartsWith(Mark) ? line[Mark.Length..] : line;
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        try
        {
            var read = _stream.Read(_buffer, _end, _buffer.Length - _end);
            _end += read;
            _isExhausted = read == 0;
            return read > 0;
        }
        catch (IOException e)
        {
            throw Unreadable(e);
        }
    }

    private RunException Unreadable(Exception e) => new($"{Partition.Topic} cannot be read: {e.Message}", inner: e, isTransient: true);
}
