using Microsoft.Extensions.Logging.Abstractions;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Sources;

namespace ServerlessHub.Streams.Tests.Sources;

public sealed class FilesSourceTests : IDisposable
{
    private readonly TestStream _stream = new("""<ingest table="raw" maxEvents="3"><files path="landing/*.jsonl"/></ingest>""");

    public FilesSourceTests() => Directory.CreateDirectory(Path.Combine(_stream.Folder, "landing"));

    public void Dispose() => _stream.Dispose();

    [Fact]
    public void Each_line_is_an_event_by_its_file_and_number_and_what_is_added_is_read_on_after_a_restart()
    {
        Write("a.jsonl", "\uFEFF{\"n\":0}\r\n{\"n\":1}\n\n{\"n\":3}\n");
        Write("b.jsonl", "{\"n\":0}\n{\"n\":");
        ReadAll();
        Assert.Equal(
            [
                "landing/a.jsonl 0 {\"n\":0}",
                "landing/a.jsonl 1 {\"n\":1}",
                "landing/a.jsonl 2",
                "landing/a.jsonl 3 {\"n\":3}",
                "landing/b.jsonl 0 {\"n\":0}",
            ],
            Rows()
        );
        File.AppendAllText(Path.Combine(_stream.Folder, "landing/b.jsonl"), "1}\n");
        File.AppendAllText(Path.Combine(_stream.Folder, "landing/a.jsonl"), "{\"n\":4}");
        ReadAll();
        Assert.Equal("landing/b.jsonl 1 {\"n\":1}", Rows()[^1]);
        Assert.Equal(6, Rows().Length);
        // A last line without an end is one once nothing was added for a while.
        File.SetLastWriteTimeUtc(Path.Combine(_stream.Folder, "landing/a.jsonl"), DateTime.UtcNow.AddMinutes(-1));
        ReadAll();
        Assert.Contains("landing/a.jsonl 4 {\"n\":4}", Rows());
    }

    [Fact]
    public void A_file_that_has_lost_lines_that_were_read_is_refused()
    {
        Write("a.jsonl", "{}\n{}\n{}\n");
        ReadAll();
        Write("a.jsonl", "{}\n");
        var failure = Assert.Throws<RunException>(ReadAll);
        Assert.Equal("landing/a.jsonl has only 1 lines, of which 3 were read before", failure.Message);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_stream.Folder, "landing", name), text);

    private string[] Rows() => _stream.Rows("raw", "concat_ws(' ', topic, \"offset\", value)");

    /// <summary>Reads as a worker does that ends when it has caught up.</summary>
    private void ReadAll()
    {
        using var processor = _stream.Open();
        using var source = EventSources.Open(
            new(_stream.Root, _stream.Definition, () => processor.Offsets(), TimeProvider.System, NullLogger.Instance)
        );
        var (batch, window) = (new EventBatch(), new BatchWindow(_stream.Definition.Document.Ingest!, TimeProvider.System));
        do
        {
            batch.Clear();
            source.Read(batch, window, CancellationToken.None);
            if (batch.Count > 0)
                source.Settle(batch, processor.ProcessBatch(batch));
        } while (batch.Count > 0);
    }
}
