using System.Text.RegularExpressions;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Schemas;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Pipelines.Tests.Definitions.Schemas;

public sealed partial class SchemaReferenceTests
{
    /// <summary>The rows of the tables of types in the reference.</summary>
    public static TheoryData<string, string, string> Rows()
    {
        var rows = new TheoryData<string, string, string>();
        var kind = "";
        foreach (var line in File.ReadLines(Repository.PathOf("docs", "reference", "schemas.md")))
            if (line.StartsWith("## ", StringComparison.Ordinal))
                kind = line[3..];
            else if (kind.Length > 0 && Row().Match(line) is { Success: true } row)
                rows.Add(kind, row.Groups[1].Value, row.Groups[2].Value);
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_type_means_what_the_reference_says(string kind, string written, string expected)
    {
        var text =
            kind == "Avro"
                ? $$"""{ "type": "record", "name": "R", "fields": [{ "name": "a", "type": {{written}} }] }"""
                : $$"""{ "properties": { "a": {{written}} }, "required": ["a"] }""";
        var findings = new Diagnostics();
        var schema = SchemaReader.Read(text, "s", findings);

        Assert.Empty(findings);
        Assert.Equal(DataType.Parse(expected).Type, schema!.Columns[0].Type);
        Assert.False(schema.Columns[0].IsNullable);
    }

    [Fact]
    public void The_reference_has_both_kinds() => Assert.Equal(2, Rows().Select(r => r[0]).Distinct().Count());

    /// <summary>The schemas of the samples.</summary>
    public static TheoryData<string> Samples() =>
        [
            .. Directory
                .EnumerateFiles(Repository.PathOf("samples", "config"), "*", SearchOption.AllDirectories)
                .Where(f => f.Contains($"{Path.DirectorySeparatorChar}schemas{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
                .Select(f => Path.GetRelativePath(Repository.Root, f)),
        ];

    [Theory]
    [MemberData(nameof(Samples))]
    public void The_samples_schemas_are_right(string file)
    {
        var findings = new Diagnostics();

        Assert.NotNull(SchemaReader.Read(File.ReadAllText(Repository.PathOf(file)), file, findings));
        Assert.Empty(findings);
    }

    [GeneratedRegex(@"^\| `(.+)` \| `(.+)` \|$")]
    private static partial Regex Row();
}
