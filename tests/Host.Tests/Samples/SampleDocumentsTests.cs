using System.Text.Json;
using System.Xml.Linq;
using ServerlessHub.Samples;

namespace ServerlessHub.Host.Tests.Samples;

public class SampleDocumentsTests
{
    public static TheoryData<string> Documents => [.. DocumentPaths];

    private static IEnumerable<string> DocumentPaths =>
        SampleDocuments.Paths.Where(path =>
            path.Contains("/pipelines/", StringComparison.Ordinal) || path.Contains("/streams/", StringComparison.Ordinal)
        );

    [Fact]
    public void Both_applications_have_documents_in_every_layer()
    {
        foreach (var application in SampleData.Applications)
        {
            foreach (var layer in (string[])["staging", "standardization", "service"])
                Assert.Contains(
                    SampleDocuments.Paths,
                    path => path.StartsWith($"config/applications/{application}/{layer}/pipelines/", StringComparison.Ordinal)
                );
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_document_is_named_after_its_id_and_lies_in_its_layer(string path)
    {
        using var root = new SampleRoot();
        var document = XDocument.Load(Path.Combine(root.Path, path)).Root!;

        Assert.Equal(Path.GetFileNameWithoutExtension(path), document.Attribute("id")!.Value);
        Assert.Equal(path.Split('/')[3], document.Attribute("layer")!.Value);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void The_schemas_a_document_names_are_there(string path)
    {
        using var root = new SampleRoot();
        var document = XDocument.Load(Path.Combine(root.Path, path)).Root!;
        var layer = string.Join('/', path.Split('/')[..4]);

        var names = document
            .Descendants()
            .Attributes("schemaRef")
            .Select(a => a.Value)
            .Concat(document.Descendants("schemaRef").Select(e => e.Value));
        Assert.All(
            names,
            name => Assert.Contains(SampleDocuments.Paths, file => file == $"{layer}/{name}" || file == $"config/common/{name}")
        );
    }

    [Fact]
    public void Every_schema_is_used_and_well_formed()
    {
        using var root = new SampleRoot();
        var documents = DocumentPaths.Select(path => File.ReadAllText(Path.Combine(root.Path, path))).ToList();

        foreach (var schema in SampleDocuments.Paths.Where(path => path.Contains("/schemas/", StringComparison.Ordinal)))
        {
            using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(root.Path, schema)));
            Assert.Contains(
                documents,
                text => text.Contains(schema[schema.IndexOf("schemas/", StringComparison.Ordinal)..], StringComparison.Ordinal)
            );
        }
    }

    [Fact]
    public void Copying_leaves_a_file_that_is_there_already_as_it_is()
    {
        var root = Directory.CreateTempSubdirectory("hub-samples-").FullName;
        try
        {
            var mine = Path.Combine(root, "config/mounts.json");
            Directory.CreateDirectory(Path.GetDirectoryName(mine)!);
            File.WriteAllText(mine, "{}");

            var written = SampleDocuments.CopyTo(root);

            Assert.Equal("{}", File.ReadAllText(mine));
            Assert.Equal(SampleDocuments.Paths.Except(["config/mounts.json"]), written);
            Assert.Empty(SampleDocuments.CopyTo(root));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
