using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Tests.Shared;

/// <summary>Holds a language of the hub and what is written about it together.</summary>
/// <param name="root">The declaration of the document's root element.</param>
/// <param name="command">What writes its pages anew.</param>
internal sealed class LanguagePages(ElementSpec root, string command)
{
    /// <summary>All elements, each by the path that leads to it.</summary>
    public IEnumerable<(string Path, ElementSpec Spec)> Elements => Below(root, root.Name);

    /// <summary>The paths of those that have an example.</summary>
    public IEnumerable<string> Examples => Elements.Where(e => e.Spec.Example is not null).Select(e => e.Path);

    /// <summary>Compares a page with the file under <c>docs/reference</c>; writes the file first where <c>HUB_UPDATE_REFERENCE</c> is 1.</summary>
    public void AssertIsWritten(string name, string text)
    {
        var path = Repository.PathOf("docs", "reference", name);
        if (Environment.GetEnvironmentVariable("HUB_UPDATE_REFERENCE") == "1")
            File.WriteAllText(path, text);

        Assert.True(File.Exists(path) && File.ReadAllText(path) == text, $"docs/reference/{name} is stale; write it anew with: {command}");
    }

    /// <summary>Reads the example of an element, in which nothing may be wrong.</summary>
    public void AssertExampleIsRight(string path)
    {
        var spec = Elements.First(e => e.Path == path).Spec;
        var findings = new Diagnostics();

        Assert.NotNull(DocumentReader.Read(spec.Example!, path, spec, findings));
        Assert.Empty(findings);
    }

    /// <summary>Each element and attribute must be explained in sentences.</summary>
    public void AssertIsExplained() =>
        Assert.All(
            Elements.SelectMany(e => e.Spec.Attributes.Select(a => (e.Path, a.Name, a.Summary)).Append((e.Path, "", e.Spec.Summary))),
            e =>
                Assert.True(
                    e.Item3.EndsWith('.') && (char.IsUpper(e.Item3[0]) || e.Item3[0] == '`'),
                    $"{e.Path} {e.Item2}: '{e.Item3}' is no sentence"
                )
        );

    private static IEnumerable<(string Path, ElementSpec Spec)> Below(ElementSpec spec, string path) =>
        spec.Children.SelectMany(c => Below(c.Element, $"{path}/{c.Element.Name}")).Prepend((path, spec));
}
