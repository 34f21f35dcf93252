using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Reference;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Pipelines.Tests.Definitions.Reference;

/// <summary>Holds the language and what is written about it together.</summary>
public sealed class ReferenceTests
{
    private static readonly LanguagePages Pages = new(
        PipelineLanguage.Spec,
        "HUB_UPDATE_REFERENCE=1 dotnet test tests/Pipelines.Tests --filter FullyQualifiedName~ReferenceTests"
    );
    private static readonly ElementSpec Spec = PipelineLanguage.Spec;

    private static IEnumerable<(string Name, string Text)> All => ReferenceFiles.Of("pipeline", Spec).Append(ReferenceFiles.Rules);

    public static TheoryData<string> Files => [.. All.Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_reference_says_what_the_language_is(string name) => Pages.AssertIsWritten(name, All.Single(f => f.Name == name).Text);

    public static TheoryData<string> Examples => [.. Pages.Examples];

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_is_right(string path) => Pages.AssertExampleIsRight(path);

    [Fact]
    public void Each_element_and_attribute_is_explained_in_sentences() => Pages.AssertIsExplained();
}
