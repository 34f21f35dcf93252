using Microsoft.Win32.SafeHandles;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>The folder that the journal's segments are in. Tests let it run full.</summary>
/// <param name="folder">The folder; it is made when it is not there.</param>
internal class JournalDisk(string folder)
{
    public string Folder { get; } = folder;

    public string PathOf(int segment) => Path.Combine(Folder, JournalFormat.FileName(segment));

    /// <summary>The numbers of the segments, in order.</summary>
    public List<int> Segments() =>
        [
            .. Directory
                .GetFiles(Folder, "*.journal")
                .Select(file => int.TryParse(Path.GetFileNameWithoutExtension(file), out var segment) ? segment : 0)
                .Where(segment => segment > 0)
                .Order(),
        ];

    public SafeFileHandle Open(int segment) =>
        File.OpenHandle(PathOf(segment), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Makes a segment with nothing but its header; when this returns, it is on disk.</summary>
    public virtual SafeFileHandle Create(int segment)
    {
        var header = new byte[JournalFormat.SegmentHeader];
        JournalFormat.WriteSegmentHeader(header, segment);
        File.WriteAllBytes(PathOf(segment), header);
        new LocalStorage(Folder).Persist([JournalFormat.FileName(segment)]);
        return Open(segment);
    }

    /// <summary>Writes and flushes.</summary>
    public virtual void Write(SafeFileHandle segment, ReadOnlySpan<byte> bytes, long offset)
    {
        RandomAccess.Write(segment, bytes, offset);
        RandomAccess.FlushToDisk(segment);
    }

    public void Delete(int segment) => File.Delete(PathOf(segment));

    /// <summary>Cuts what a crash has left behind the last whole record.</summary>
    public void Cut(Position end)
    {
        using var handle = Open(end.Segment);
        if (RandomAccess.GetLength(handle) == end.Offset)
            return;
        RandomAccess.SetLength(handle, end.Offset);
        RandomAccess.FlushToDisk(handle);
    }
}
