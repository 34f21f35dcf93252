using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Reference;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Pipelines.Tests.Definitions.Reference;

/// <summary>Holds the language and what is written about it together.</summary>
public sealed class ReferenceTests
{
    private const string Command = "HUB_UPDATE_REFERENCE=1 dotnet test tests/Pipelines.Tests --filter FullyQualifiedName~ReferenceTests";
    private static readonly ElementSpec Spec = PipelineLanguage.Spec;

    private static IEnumerable<(string Name, string Text)> All => ReferenceFiles.Of("pipeline", Spec).Append(ReferenceFiles.Rules);

    public static TheoryData<string> Files => [.. All.Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Files))]
    public void The_reference_says_what_the_language_is(string name)
    {
        var text = All.Single(f => f.Name == name).Text;
        var path = Repository.PathOf("docs", "reference", name);
        if (Environment.GetEnvironmentVariable("HUB_UPDATE_REFERENCE") == "1")
            File.WriteAllText(path, text);

        Assert.True(File.Exists(path) && File.ReadAllText(path) == text, $"docs/reference/{name} is stale; write it anew with: {Command}");
    }

    public static TheoryData<string> Examples => [.. Elements().Where(e => e.Spec.Example is not null).Select(e => e.Path)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_is_right(string path)
    {
        var spec = Elements().First(e => e.Path == path).Spec;
        var findings = new Diagnostics();

        Assert.NotNull(DocumentReader.Read(spec.Example!, path, spec, findings));
        Assert.Empty(findings);
    }

    [Fact]
    public void Each_element_and_attribute_is_explained_in_sentences() =>
        Assert.All(
            Elements().SelectMany(e => e.Spec.Attributes.Select(a => (e.Path, a.Name, a.Summary)).Append((e.Path, "", e.Spec.Summary))),
            e =>
                Assert.True(
                    e.Item3.EndsWith('.') && (char.IsUpper(e.Item3[0]) || e.Item3[0] == '`'),
                    $"{e.Path} {e.Item2}: '{e.Item3}' is no sentence"
                )
        );

    private static IEnumerable<(string Path, ElementSpec Spec)> Elements() => Below(Spec, Spec.Name);

    private static IEnumerable<(string Path, ElementSpec Spec)> Below(ElementSpec spec, string path) =>
        spec.Children.SelectMany(c => Below(c.Element, $"{path}/{c.Element.Name}")).Prepend((path, spec));
}
