using ServerlessHub.Orchestrations.Jobs;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Reference;
using ServerlessHub.Pipelines.Tests.Definitions.Reference;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Orchestrations.Tests.Jobs;

/// <summary>Holds the language of jobs and what is written about it together.</summary>
public sealed class JobReferencePagesTests
{
    private static readonly LanguagePages Pages = new(
        JobSpec.Spec,
        "HUB_UPDATE_REFERENCE=1 dotnet test tests/Orchestrations.Tests --filter FullyQualifiedName~JobReferencePagesTests"
    );
    private static readonly XsdValidation Xsd = new(JobSpec.Spec);

    public static TheoryData<string> Files => [.. ReferenceFiles.Of("job", JobSpec.Spec).Select(f => f.Name)];

    public static TheoryData<string> Examples => [.. Pages.Examples];

    public static TheoryData<string> Samples =>
        [
            .. Directory
                .EnumerateFiles(Repository.PathOf("samples", "config", "applications"), "*.xml", SearchOption.AllDirectories)
                .Where(f => Path.GetFileName(Path.GetDirectoryName(f)) == "jobs")
                .Select(f => Path.GetRelativePath(Repository.Root, f)),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_reference_says_what_the_language_is(string name) =>
        Pages.AssertIsWritten(name, ReferenceFiles.Of("job", JobSpec.Spec).Single(f => f.Name == name).Text);

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_is_right(string path) => Pages.AssertExampleIsRight(path);

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_fits_the_schema(string file)
    {
        var text = File.ReadAllText(Repository.PathOf(file));
        var findings = new Diagnostics();

        Assert.True(JobDocument.Read(text, file, findings)!.IsSound);
        Assert.Empty(findings);
        Assert.Empty(Xsd.Validate(text));
    }

    [Theory]
    [InlineData("""<jobPipeline id="j" version="1"/>""")]
    [InlineData("""<jobPipeline id="j" version="1"><pipelines/></jobPipeline>""")]
    [InlineData("""<jobPipeline id="j" version="1"><pipelines><pipelineRef/></pipelines></jobPipeline>""")]
    [InlineData("""<jobPipeline id="j" version="1"><pipelines><pipelineRef id="a" dependsOn="b,,c"/></pipelines></jobPipeline>""")]
    [InlineData("""<jobPipeline id="j" version="1"><pipelines><pipelineRef id="a" onFailure="stop"/></pipelines></jobPipeline>""")]
    [InlineData("""<jobPipeline id="j" version="1"><pipelines><pipelineRef id="a" retryDelay="30"/></pipelines></jobPipeline>""")]
    [InlineData("""<jobPipeline id="j" version="1"><pipelines maxParallel="0"><approval id="a"/></pipelines></jobPipeline>""")]
    public void What_the_reader_refuses_the_schema_refuses_too(string text)
    {
        var findings = new Diagnostics();
        JobDocument.Read(text, "j.xml", findings);

        Assert.NotEmpty(findings);
        Assert.NotEmpty(Xsd.Validate(text));
    }

    [Fact]
    public void Each_element_and_attribute_is_explained_in_sentences() => Pages.AssertIsExplained();
}
