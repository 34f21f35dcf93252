using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Tests.Definitions;

/// <summary>A small language with every feature a declaration can have, so that the reader and writers are tested apart from the real kinds.</summary>
internal static class ToyLanguage
{
    private static readonly AttributeSpec Id = new("id", AttributeKind.Name, "Its name.") { Required = true };
    private static readonly AttributeSpec Source = new("source", AttributeKind.Dataset, "The dataset it works on.") { Required = true };
    private static readonly AttributeSpec SchemaRef = new("schemaRef", AttributeKind.Schema, "Its schema.") { OrChild = true };
    private static readonly ElementSpec Sql = new("sql", "A query.") { Content = ContentKind.Query };
    private static readonly ElementSpec Table = new("table", "A table.")
    {
        Attributes = [new("name", AttributeKind.Text, "Its name.") { Required = true }],
    };

    private static readonly ElementSpec Csv = new("csv", "Delimited text.")
    {
        Attributes =
        [
            Id,
            new("path", AttributeKind.Path, "Where the files are.") { Required = true },
            new("header", AttributeKind.Boolean, "Whether the first line has the names.") { Default = "true" },
            new("delimiter", AttributeKind.Character, "What stands between values.") { Default = "," },
            new("loadPolicy", AttributeKind.Choice, "When it is read.") { Choices = ["eager", "onDemand"], Default = "onDemand" },
            new("since", AttributeKind.Timestamp, "The oldest."),
            new("skip", AttributeKind.Integer, "Lines to skip."),
            new("inferSchema", AttributeKind.Boolean, "Whether types are guessed."),
            SchemaRef,
        ],
    };

    private static readonly ElementSpec Database = new("database", "A table or query.")
    {
        Attributes =
        [
            Id,
            new("jdbcUrl", AttributeKind.Text, "The address."),
            new("fetchSize", AttributeKind.PositiveInteger, "Rows at once."),
            new("loadPolicy", AttributeKind.Choice, "When it is read.") { Choices = ["eager", "onDemand"] },
            SchemaRef,
        ],
        Children = [new(Sql), new(Table)],
    };

    private static readonly ElementSpec Sort = new("sort", "Orders rows.")
    {
        Attributes =
        [
            Source,
            new("orderBy", AttributeKind.Columns, "What by.") { Required = true },
            new("direction", AttributeKind.Choice, "Which way.") { Choices = ["asc", "desc"] },
        ],
    };

    private static readonly ElementSpec Filter = new("filter", "Keeps rows.")
    {
        Attributes = [Source, new("condition", AttributeKind.Expression, "Which.") { Required = true, OrChild = true }],
    };

    private static readonly ElementSpec Derive = new("derive", "Computes columns.")
    {
        Attributes = [Source],
        Children =
        [
            new(
                new ElementSpec("column", "A column.")
                {
                    Attributes =
                    [
                        new("name", AttributeKind.Text, "Its name.") { Required = true },
                        new("type", AttributeKind.Type, "Its type."),
                    ],
                    Content = ContentKind.Expression,
                },
                Min: 1,
                Max: null
            ),
        ],
    };

    private static readonly ElementSpec Flatten = new("flatten", "Takes nested values apart.")
    {
        Attributes = [Source],
        Children =
        [
            new(
                new ElementSpec("child", "A list inside.")
                {
                    Recursive = true,
                    Attributes = [new("table", AttributeKind.Name, "Its name.") { Required = true }],
                },
                Max: null
            ),
        ],
    };

    private static readonly ElementSpec Hive = new("hive", "A table of the lake.")
    {
        Aliases = ["table"],
        Attributes =
        [
            new("table", AttributeKind.Table, "The table.") { Required = true },
            new("mode", AttributeKind.Choice, "How it is written.") { Choices = ["append", "overwrite", "merge"], Default = "append" },
            new("partitionBy", AttributeKind.Columns, "Its partitions."),
            SchemaRef,
        ],
    };

    private static readonly ElementSpec CsvTarget = new("csv", "Delimited text.")
    {
        Attributes =
        [
            new("path", AttributeKind.TargetPath, "Where.") { Required = true },
            new("mode", AttributeKind.Choice, "How it is written.") { Choices = ["append", "overwrite"] },
            new("compression", AttributeKind.Choice, "How it is packed.") { Choices = ["none", "gzip"] },
        ],
    };

    /// <summary>The document.</summary>
    public static ElementSpec Spec { get; } = PipelineSpec.Of([Csv, Database], [Sort, Filter, Derive, Flatten], [Hive, CsvTarget]);

    /// <summary>Reads a document, and gives what came of it and the findings.</summary>
    public static (Element? Element, Diagnostics Findings) Read(string text)
    {
        var findings = new Diagnostics();
        return (DocumentReader.Read(text, "p.xml", Spec, findings), findings);
    }

    /// <summary>A whole document around some parts.</summary>
    public static string Document(string sources = Csvs, string steps = "", string targets = Hives, string before = "") =>
        $"<pipeline id=\"p\" version=\"1.0\" layer=\"staging\">{before}<sources>{sources}</sources>"
        + $"<transformations>{steps}</transformations><targets>{targets}</targets></pipeline>";

    private const string Csvs = """<csv id="a" path="a.csv"/>""";
    private const string Hives = """<hive table="staging.a"/>""";
}
