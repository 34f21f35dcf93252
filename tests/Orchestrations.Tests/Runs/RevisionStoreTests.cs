using System.Text;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Tests.Runs;

public sealed class RevisionStoreTests : IDisposable
{
    private static readonly DocumentAddress Address = new("sales", "staging", "load");
    private readonly TestHub hub = new();
    private readonly RevisionStore store;

    public RevisionStoreTests() => store = new(hub.Root.Storage);

    public void Dispose() => hub.Dispose();

    [Fact]
    public void A_document_comes_back_as_it_was_whatever_became_of_its_file()
    {
        var document = Document(Encoding.Latin1.GetBytes("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><pipeline id=\"caf\u00e9\"/>"));
        store.Keep(document);
        store.Keep(document);
        var kept = store.Read(Address, "load.xml", document.Revision);
        Assert.Equal(document.Text, kept.Text);
        Assert.Equal(document.Revision, kept.Revision);
        Assert.Contains("caf\u00e9", kept.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_revision_that_is_not_kept_or_damaged_is_named()
    {
        var document = Document("<pipeline/>"u8.ToArray());
        var missing = Assert.Throws<RunException>(() => store.Read(Address, "load.xml", document.Revision));
        Assert.Contains(document.Revision, missing.Message, StringComparison.Ordinal);
        hub.Write($"data/ops/revisions/{document.Revision}.xml", "<pipeline />");
        var damaged = Assert.Throws<RunException>(() => store.Read(Address, "load.xml", document.Revision));
        Assert.Contains("is damaged", damaged.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => store.Read(Address, "load.xml", "../../config"));
    }

    [Fact]
    public void A_content_that_is_not_the_revision_is_not_kept()
    {
        var document = Document("<pipeline/>"u8.ToArray());
        Assert.Throws<ArgumentException>(() => store.Keep(document with { Content = "<other/>"u8.ToArray() }));
    }

    private static DocumentFile Document(byte[] content) => DocumentFile.Of(Address, "load.xml", content, new Diagnostics())!;
}
