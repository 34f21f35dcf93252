using System.Text.Json;
using ServerlessHub.Orchestrations.Publishing;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Orchestrations.Tests.Publishing;

public sealed class DocumentPublisherTests : IDisposable
{
    private const string Document = "config/applications/shop/staging/pipelines/rows.xml";
    private readonly TestHub hub = new();
    private readonly DocumentPublisher publisher;

    public DocumentPublisherTests()
    {
        hub.Write("landing/rows.csv", "id,name\n1,a\n");
        publisher = new DocumentPublisher(
            hub.Root,
            (_, file) =>
            {
                using var validator = new PipelineValidator(hub.Root, TimeProvider.System);
                return validator.Validate(file).Findings;
            },
            TimeProvider.System
        );
    }

    public void Dispose() => hub.Dispose();

    [Fact]
    public async Task What_is_right_is_published_and_kept()
    {
        hub.Write(Document, Pipeline("1.0"));
        var published = (await publisher.Publish(Document, default))!;
        Assert.True(published.IsAccepted);
        Assert.Equal(Pipeline("1.0"), Read($"data/ops/revisions/{published.Revision}.xml"));
        Assert.False(Exists(Document + DocumentPublisher.ReportEnding));
        Assert.Equal(published, await publisher.Publish(Document, default));
    }

    [Fact]
    public async Task What_is_broken_never_replaces_what_works()
    {
        hub.Write(Document, Pipeline("1.0"));
        var first = (await publisher.Publish(Document, default))!;
        hub.Write(Document, Pipeline("1.1").Replace("""<csv id="rows" """, """<csv id="row" """, StringComparison.Ordinal));
        var second = (await publisher.Publish(Document, default))!;
        Assert.False(second.IsAccepted);
        Assert.Equal(first.Revision, second.Revision);
        Assert.Equal(Pipeline("1.0"), Read(Document));
        Assert.Contains("1.1", Read(Document + DocumentPublisher.RefusedEnding), StringComparison.Ordinal);
        using var report = JsonDocument.Parse(Read(Document + DocumentPublisher.ReportEnding));
        var finding = report.RootElement.GetProperty("findings").EnumerateArray().First();
        Assert.Equal(("error", 5), (finding.GetProperty("severity").GetString(), finding.GetProperty("line").GetInt32()));
        Assert.Equal(first.Revision, report.RootElement.GetProperty("published").GetString());
    }

    [Fact]
    public async Task What_was_put_back_is_the_published_one_and_the_next_that_is_right_takes_its_place()
    {
        hub.Write(Document, Pipeline("1.0"));
        await publisher.Publish(Document, default);
        hub.Write(Document, "<pipeline");
        await publisher.Publish(Document, default);
        hub.Write(Document, Pipeline("1.2"));
        var fixedOne = (await publisher.Publish(Document, default))!;
        Assert.True(fixedOne.IsAccepted);
        Assert.Equal(Pipeline("1.2"), Read(Document));
        Assert.False(Exists(Document + DocumentPublisher.ReportEnding));
        Assert.False(Exists(Document + DocumentPublisher.RefusedEnding));
    }

    [Fact]
    public async Task Where_nothing_was_published_what_is_broken_is_left_with_its_report()
    {
        hub.Write(Document, "<pipeline");
        var refused = (await publisher.Publish(Document, default))!;
        Assert.Equal((false, null), (refused.IsAccepted, refused.Revision));
        Assert.Equal("<pipeline", Read(Document));
        Assert.True(Exists(Document + DocumentPublisher.ReportEnding));
    }

    [Theory]
    [InlineData("config/applications/shop/staging/pipelines/gone.xml")]
    [InlineData("config/applications/shop/staging/schemas/rows.avsc")]
    [InlineData("config/applications/shop/staging/pipelines/rows.xml.refused.json")]
    public async Task What_is_no_document_is_left_alone(string path)
    {
        if (!path.EndsWith("gone.xml", StringComparison.Ordinal))
            hub.Write(path, "{");
        Assert.Null(await publisher.Publish(path, default));
    }

    private static string Pipeline(string version) =>
        $"""
            <pipeline id="rows" version="{version}" layer="staging">
              <sources>
                <csv id="rows" path="landing/rows.csv"/>
              </sources>
              <transformations><filter source="rows" condition="id > 0"/></transformations>
              <targets><hive table="staging.rows"/></targets>
            </pipeline>
            """;

    private string Read(string path) => File.ReadAllText(Path.Combine(hub.Folder, path));

    private bool Exists(string path) => File.Exists(Path.Combine(hub.Folder, path));
}
