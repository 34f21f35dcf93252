using System.Xml.Linq;
using ServerlessHub.Pipelines;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Host.Tests.Cases;

/// <summary>What the reference and the README show is what a case runs, to the letter of its XML.</summary>
public sealed class ReferenceExamplesTests
{
    private static readonly Lazy<List<XElement>> Cases = new(() =>
        [
            .. Directory
                .GetFiles(Repository.PathOf("tests", "cases"), "*.xml", SearchOption.AllDirectories)
                .Where(f => !f.Contains("refused-", StringComparison.Ordinal))
                .SelectMany(f => XDocument.Load(f).Descendants()),
        ]
    );

    private static readonly List<ElementSpec> Specs =
    [
        .. PipelineLanguage.Sources.Select(s => s.Spec),
        .. PipelineLanguage.Steps.Select(s => s.Spec),
        .. PipelineLanguage.Targets.Select(t => t.Spec),
        .. Below(StreamSpec.Spec).Where(s => s.Example is not null),
    ];

    public static TheoryData<int> Examples => [.. Enumerable.Range(0, Specs.Count)];

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_of_the_reference_is_in_a_case(int index)
    {
        var wanted = Plain(XElement.Parse(Specs[index].Example!));

        Assert.True(Cases.Value.Any(e => XNode.DeepEquals(Plain(e), wanted)), $"no case has {Specs[index].Example}");
    }

    [Fact]
    public void The_pipeline_of_the_README_is_the_case_readme()
    {
        var readme = File.ReadAllText(Repository.PathOf("README.md")).ReplaceLineEndings("\n");
        var pipeline = File.ReadAllText(Repository.PathOf("tests", "cases", "readme", "pipeline.xml")).ReplaceLineEndings("\n");

        Assert.Contains($"```xml\n{pipeline}```\n", readme, StringComparison.Ordinal);
    }

    private static IEnumerable<ElementSpec> Below(ElementSpec spec) => spec.Children.SelectMany(c => Below(c.Element).Prepend(c.Element));

    // How it is indented is of no account.
    private static XElement Plain(XElement element) =>
        new(
            element.Name,
            element.Attributes().OrderBy(a => a.Name.LocalName),
            element.HasElements
                ? element.Elements().Select(Plain)
                : string.Join(' ', element.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        );
}
