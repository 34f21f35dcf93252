using System.Collections.Concurrent;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Streams.Running;

/// <summary>
/// The streams of a hub as their documents are now. One that is right is read again when its file, or one that it names, was written anew; one that is
/// not, each time: what it lacks may come.
/// </summary>
/// <param name="root">The hub.</param>
public sealed class StreamFiles(HubRoot root)
{
    private readonly ConcurrentDictionary<string, (DateTime Written, StreamDefinition Stream)> _right = new(StringComparer.Ordinal);

    /// <summary>The stream that a document is, the same object as long as nothing of it has changed; or what is wrong with it. Any thread may ask.</summary>
    public (StreamDefinition? Stream, string? Problem) Read(HubDocument document)
    {
        var written = File.GetLastWriteTimeUtc(root.Locate(document.File));
        if (_right.TryGetValue(document.File, out var known) && known.Written == written && known.Stream.IsCurrent)
            return (known.Stream, null);
        try
        {
            var stream = StreamFile.Read(root, document);
            _right[document.File] = (written, stream);
            return (stream, null);
        }
        catch (InvalidDocumentException e)
        {
            var first = e.Findings.First(f => f.Severity == Severity.Error);
            return (null, $"{first.Location}: {first.Message}");
        }
        catch (RunException e)
        {
            return (null, e.Message);
        }
    }
}
