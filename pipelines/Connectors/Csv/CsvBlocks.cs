using System.Runtime.ExceptionServices;
using System.Text;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>Cuts files into blocks of whole records, in order. Any number of threads take them, each the next one.</summary>
internal sealed class CsvBlocks : IDisposable
{
    // A record as long as this is a quote that is never closed.
    private const int MaxRecord = 1 << 26;

    private readonly Lock gate = new();
    private readonly IReadOnlyList<SourceFile> files;
    private readonly CsvFormat format;
    private readonly CsvInput input;
    private CsvRecordEnds ends;
    private Stream? stream;
    private int file = -1;
    private long line;
    private bool atEnd;
    private bool isFirst;
    private byte[] rest = [];
    private ExceptionDispatchInfo? failure;

    /// <summary>Files to cut.</summary>
    public CsvBlocks(IReadOnlyList<SourceFile> files, CsvFormat format, CsvInput input)
    {
        this.files = files;
        this.format = format;
        this.input = input;
        ends = new CsvRecordEnds(format);
    }

    /// <summary>Fills a block with the next records; false when there are no more.</summary>
    /// <exception cref="RunException">A file cannot be read, is not as its name or encoding says, changes, or holds a record without end.</exception>
    public bool Next(CsvBlock block)
    {
        lock (gate)
        {
            // What one thread met ends the scan for all: the others must not go on behind it.
            failure?.Throw();
            try
            {
                while (stream is not null || OpenNext())
                    if (Fill(block))
                        return true;
                return false;
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
                throw;
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            stream?.Dispose();
            (stream, file) = (null, files.Count);
        }
    }

    private bool OpenNext()
    {
        if (file + 1 >= files.Count)
            return false;
        file++;
        stream = input.Open(files[file]);
        (line, atEnd, isFirst, rest) = (1, false, true, []);
        return true;
    }

    private bool Fill(CsvBlock block)
    {
        while (block.Data.Length < rest.Length + 1)
            block.Grow();
        rest.CopyTo(block.Data, 0);
        (block.Length, block.Start, block.File, block.Line) = (rest.Length, 0, file, line);
        ends.Reset(0);
        if (isFirst)
            SkipHeader(block);
        var end = FindEnd(block);
        rest = block.Data.AsSpan(end, block.Length - end).ToArray();
        block.Length = end;
        line += CsvFormat.CountLines(block.Records);
        if (atEnd && rest.Length == 0)
            Close();
        return block.Start < block.Length;
    }

    /// <summary>Reads until the block holds the end of a record, or all of the file.</summary>
    private int FindEnd(CsvBlock block)
    {
        // What the header was found in counts too.
        var end = ends.Find(block.Data.AsSpan(0, block.Length), atEnd);
        while (end < 0 && !atEnd)
        {
            Read(block);
            end = ends.Find(block.Data.AsSpan(0, block.Length), atEnd);
        }
        return atEnd ? block.Length : end;
    }

    private void SkipHeader(CsvBlock block)
    {
        isFirst = false;
        Read(block);
        RefuseUtf16(block.Records);
        var start = block.Data.AsSpan(0, block.Length).StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        ends.Reset(start);
        if (format.HasHeader)
        {
            int end;
            while ((end = ends.Find(block.Data.AsSpan(0, block.Length), atEnd, isFirstEnough: true)) < 0 && !atEnd)
                Read(block);
            end = end < 0 ? block.Length : end;
            line += CsvFormat.CountLines(block.Data.AsSpan(start, end - start));
            start = end;
            ends.Reset(start);
        }
        (block.Start, block.Line) = (start, line);
    }

    private void RefuseUtf16(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            throw new RunException($"{files[file].Name} is not UTF-8 but UTF-16", "set encoding=\"UTF-16\"");
    }

    private void Read(CsvBlock block)
    {
        if (block.Length == block.Data.Length)
        {
            if (block.Length >= MaxRecord)
                throw new RunException(
                    $"{files[file].Name}:{line}: a record of more than {MaxRecord >> 20} MiB begins here",
                    "probably a quote is not closed"
                );
            block.Grow();
        }
        try
        {
            // A short read need not be the end; a full one spares the others the wait.
            var wanted = block.Data.AsSpan(block.Length);
            var read = stream!.ReadAtLeast(wanted, wanted.Length, throwOnEndOfStream: false);
            block.Length += read;
            atEnd = read < wanted.Length;
        }
        catch (Exception e) when (CsvInput.Explain(e, files[file], line) is { } explained)
        {
            throw explained;
        }
        if (atEnd)
            CsvInput.CheckUnchanged(files[file]);
    }

    private void Close()
    {
        stream!.Dispose();
        stream = null;
    }
}
