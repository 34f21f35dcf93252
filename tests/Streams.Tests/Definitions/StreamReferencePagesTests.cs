using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Reference;
using ServerlessHub.Pipelines.Tests.Definitions.Reference;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Streams.Tests.Definitions;

/// <summary>Holds the language of streams and what is written about it together.</summary>
public sealed class StreamReferencePagesTests
{
    private static readonly LanguagePages Pages = new(
        StreamSpec.Spec,
        "HUB_UPDATE_REFERENCE=1 dotnet test tests/Streams.Tests --filter FullyQualifiedName~StreamReferencePagesTests"
    );
    private static readonly XsdValidation Xsd = new(StreamSpec.Spec);

    public static TheoryData<string> Files => [.. ReferenceFiles.Of("stream", StreamSpec.Spec).Select(f => f.Name)];

    public static TheoryData<string> Examples => [.. Pages.Examples];

    public static TheoryData<string> Samples =>
        [
            .. Directory
                .EnumerateFiles(Repository.PathOf("samples", "config", "applications"), "*.xml", SearchOption.AllDirectories)
                .Where(f => Path.GetFileName(Path.GetDirectoryName(f)) == "streams")
                .Select(f => Path.GetRelativePath(Repository.Root, f)),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_reference_says_what_the_language_is(string name) =>
        Pages.AssertIsWritten(name, ReferenceFiles.Of("stream", StreamSpec.Spec).Single(f => f.Name == name).Text);

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_is_right(string path) => Pages.AssertExampleIsRight(path);

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_fits_the_schema(string file)
    {
        var text = File.ReadAllText(Repository.PathOf(file));
        var findings = new Diagnostics();

        Assert.True(StreamDocument.Read(text, file, "staging", findings)!.IsSound);
        Assert.Empty(findings);
        Assert.Empty(Xsd.Validate(text));
    }

    [Theory]
    [InlineData("""<stream id="s" version="1" layer="staging"/>""")]
    [InlineData("""<stream id="s" version="1" layer="staging"><ingest table="t"/></stream>""")]
    [InlineData("""<stream id="s" version="1" layer="staging"><ingest table="t"><http/><http/></ingest></stream>""")]
    [InlineData("""<stream id="s" version="1" layer="staging"><ingest table="t"><http/><files path="a"/></ingest></stream>""")]
    [InlineData("""<stream id="s" version="1" layer="staging"><ingest table="t"><kafka topic="a"/></ingest></stream>""")]
    [InlineData("""<stream id="s" version="1" layer="staging"><ingest table="t" maxDelay="1s"><http/></ingest></stream>""")]
    [InlineData("""<stream id="s" version="1" layer="staging"><ingest table="t"><http/></ingest><flatten root="r"/></stream>""")]
    [InlineData("""<stream id="s" version="1" layer="staging"><ingest table="t"><http/></ingest><summarise/></stream>""")]
    [InlineData("""<stream id="s" version="1" layer="staging"><ingest table="t"><http/></ingest><publish driver="d"/></stream>""")]
    [InlineData("""<stream id="s" version="1" layer="staging"><flatten root="r" key="k"/><ingest table="t"><http/></ingest></stream>""")]
    [InlineData(
        """<stream id="s" version="1" layer="staging"><metadata><sla>PT1H</sla></metadata><ingest table="t"><http/></ingest></stream>"""
    )]
    public void What_the_reader_refuses_the_schema_refuses_too(string text)
    {
        var findings = new Diagnostics();
        StreamDocument.Read(text, "s.xml", "staging", findings);

        Assert.NotEmpty(findings);
        Assert.NotEmpty(Xsd.Validate(text));
    }

    [Fact]
    public void Each_element_and_attribute_is_explained_in_sentences() => Pages.AssertIsExplained();
}
