using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Pipelines.Tests.Definitions.Reference;

/// <summary>Reads the samples, the design's own example among them, with the real language and its XML Schema.</summary>
public sealed class SampleDocumentsTests
{
    private static readonly XsdValidation Xsd = new(PipelineLanguage.Spec);

    public static TheoryData<string> Files() =>
        [
            .. Directory
                .EnumerateFiles(Repository.PathOf("samples", "config", "applications"), "*.xml", SearchOption.AllDirectories)
                .Where(f => Path.GetFileName(Path.GetDirectoryName(f)) == "pipelines")
                .Select(f => Path.GetRelativePath(Repository.Root, f)),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_sample_is_right(string file)
    {
        var text = File.ReadAllText(Repository.PathOf(file));
        var layer = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(file)));
        var findings = new Diagnostics();
        var document = PipelineDocument.Read(PipelineLanguage.Spec, text, file, layer, findings);

        Assert.Empty(findings);
        Assert.True(document!.IsSound);
        Assert.Empty(Xsd.Validate(text));
    }
}
