using System.Text;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors.Csv;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Schemas;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary><c>csv</c> as a source: delimited text files.</summary>
public sealed class CsvSource : SourceKind
{
    /// <inheritdoc/>
    public override ElementSpec Spec { get; } =
        new(
            "csv",
            "Reads delimited text files. With a header, columns are found by name, so that files may have them in different orders; without one, by position."
        )
        {
            Attributes =
            [
                .. CommonAttributes,
                new("path", AttributeKind.Path, "The files: a path below the hub root or a mounted address, which may hold wildcards.")
                {
                    Required = true,
                },
                new("header", AttributeKind.Boolean, "Whether the first record of each file names its columns.") { Default = "true" },
                new("delimiter", AttributeKind.Character, "What separates fields; `\\t` is a tab.") { Default = "," },
                new("quote", AttributeKind.Character, "What stands around fields that hold delimiters, quotes or line ends.")
                {
                    Default = "\"",
                },
                new("escape", AttributeKind.Character, "What stands before a quote within quotes; without it, the quote itself."),
                new("nullValue", AttributeKind.Text, "An unquoted field of this text is null, as the empty one is."),
                new("encoding", AttributeKind.Text, "The encoding of the files, by its IANA name, or `latin1`.") { Default = "UTF-8" },
                new(
                    "inferSchema",
                    AttributeKind.Boolean,
                    "Without a schema: whether types are told from a sample of the records; otherwise all columns are strings."
                )
                {
                    Default = "true",
                },
                new("compression", AttributeKind.Choice, "How the files are compressed; without it, their ending tells.")
                {
                    Choices = TextCompression.Readable,
                },
                new(
                    "onBadRow",
                    AttributeKind.Choice,
                    "What becomes of a record with too few or too many fields, or a value its type cannot hold: the run fails, it is left out and counted, or it is kept beside the first table that the source feeds."
                )
                {
                    Choices = ["fail", "skip", "quarantine"],
                    Default = "fail",
                },
                SourceFiles.Incremental,
            ],
            Details = """
                An empty field is null and `""` is the empty string; for a type other than string both are null. Nothing is trimmed, though spaces around a
                number or a time do no harm. A byte order mark is skipped, a line end inside quotes is data, an empty line between records is none. A value is read
                exactly or not at all: `1.5` is no `int`, and `1.005` no `decimal(10,2)`. A moment without an offset is in UTC.
                """,
            Example =
                """<csv id="customers" path="landing/customer/*.csv" delimiter=";" schemaRef="schemas/customer.avsc" onBadRow="quarantine"/>""",
        };

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Column>? Describe(Element source, ConnectorContext context)
    {
        var schema = SchemaFile.Read(source, context);
        if (source.Has("schemaRef") && schema is null)
            return null;
        var declared = schema?.Columns.Select(c => c.Column).ToArray();
        if (!CheckTypes(source, schema, context.Findings) || Options(source, context.Findings) is not { } options)
            return declared;
        if (SourceFiles.Find(source, context) is not { } files)
            return declared;
        if (files.Count == 0)
        {
            SourceFiles.ReportNone(source, context);
            return declared;
        }
        try
        {
            return Describe(source, schema, options, files, context.Findings) ?? declared;
        }
        catch (RunException e)
        {
            context.Findings.Add(Rule.MissingFile, source.LocationOf("path"), e.Message, e.Hint);
            return declared;
        }
    }

    /// <inheritdoc/>
    protected internal override OpenedSource Open(Element source, IReadOnlyList<Column> columns, RunContext context)
    {
        var files = SourceFiles.Open(source, context);
        var schema = SchemaFile.Read(source, context);
        var findings = new Diagnostics();
        var options = Options(source, findings)!;
        var known = new CsvColumns(source, schema, options.Format, findings);
        var located = Samples(files, options).Select(s => known.Locate(s, columns)).ToArray();
        if (findings.FirstOrDefault(f => f.Severity == Severity.Error) is { } error)
            throw new RunException(error.Message, error.Hint);
        return new OpenedCsv(source, columns, located, options, context.WorkFolder);
    }

    private static IReadOnlyList<Column>? Describe(
        Element source,
        TableSchema? schema,
        CsvOptions options,
        IReadOnlyList<SourceFile> files,
        Diagnostics findings
    )
    {
        var known = new CsvColumns(source, schema, options.Format, findings);
        var samples = Samples(files, options);
        // Files that were read before may be of an older form; what a run reads is looked at when it opens them.
        if (source["incremental"] is null)
            foreach (var empty in files.Where(f => !samples.Any(s => s.File == f)))
                known.ReportEmpty(empty);
        if (samples.Count == 0)
            return null;
        var columns = known.Of(samples);
        if (source["incremental"] is null)
            foreach (var sample in samples)
                known.Locate(sample, columns);
        return columns;
    }

    private static List<CsvSample> Samples(IReadOnlyList<SourceFile> files, CsvOptions options) =>
        [.. files.Select(f => CsvSample.Read(f, options.Format, options.Input)).OfType<CsvSample>()];

    private static bool CheckTypes(Element source, TableSchema? schema, Diagnostics findings)
    {
        var unfit = schema?.Columns.FirstOrDefault(c => CsvConverter.For(c.Type) is null);
        if (unfit is not null)
            findings.Add(
                Rule.Unsupported,
                source.LocationOf("schemaRef"),
                $"the schema has '{unfit.Name}' as {unfit.Type}, which a field of a CSV file cannot be",
                "declare it as a string, and take it apart in a step"
            );
        return unfit is null;
    }

    private static CsvOptions? Options(Element source, Diagnostics all)
    {
        var findings = new Diagnostics();
        var delimiter = Character("delimiter");
        var quote = Character("quote");
        var escape = source.Has("escape") ? Character("escape") : quote;
        Encoding? encoding = null;
        if (!CsvEncoding.IsUtf8(source["encoding"]!) && (encoding = CsvEncoding.Find(source["encoding"]!)) is null)
            findings.Add(
                Rule.BadValue,
                source.LocationOf("encoding"),
                $"the encoding '{source["encoding"]}' is not known",
                NearestName.Hint(source["encoding"]!, CsvEncoding.Names) ?? "name it as IANA does"
            );
        if (delimiter == quote || delimiter == escape)
            findings.Add(
                Rule.ConflictingAttributes,
                source.LocationOf("delimiter"),
                "the delimiter is also the quote or the escape",
                "choose another"
            );
        all.AddRange(findings);
        if (findings.HasErrors)
            return null;
        var nothing = string.IsNullOrEmpty(source["nullValue"]) ? null : Encoding.UTF8.GetBytes(source["nullValue"]!);
        return new CsvOptions(
            new CsvFormat((byte)delimiter, (byte)quote, (byte)escape, nothing, source.IsTrue("header")),
            new CsvInput(encoding, source["compression"])
        );

        char Character(string attribute)
        {
            var text = source[attribute] == "\\t" ? "\t" : source[attribute]!;
            if (text.Length != 1 || text[0] is '\r' or '\n' || text[0] > 0x7E)
                findings.Add(
                    Rule.BadValue,
                    source.LocationOf(attribute),
                    $"the {attribute} must be one ASCII character, but is '{text}'",
                    null
                );
            return text.Length == 0 ? '\0' : text[0];
        }
    }

    private sealed record CsvOptions(CsvFormat Format, CsvInput Input);

    private sealed class OpenedCsv : OpenedSource
    {
        // What a record takes at least, to guess how many there are.
        private const int BytesPerColumn = 8;
        private static int count;

        private readonly IReadOnlyList<Column> columns;
        private readonly IReadOnlyList<CsvFile> files;
        private readonly CsvOptions options;
        private readonly CsvRejects rejects;
        private readonly string order;
        private readonly HashSet<int> wanted = [];

        public OpenedCsv(Element source, IReadOnlyList<Column> columns, IReadOnlyList<CsvFile> files, CsvOptions options, string workFolder)
        {
            this.columns = columns;
            this.files = files;
            this.options = options;
            var number = Interlocked.Increment(ref count);
            FunctionName = $"csv_{number}";
            rejects = new CsvRejects(
                Enum.Parse<OnBadRow>(source["onBadRow"]!, ignoreCase: true),
                Path.Combine(workFolder, $"{FunctionName}_rejects.csv")
            );
            order = "__hub_record";
            while (columns.Any(c => c.Name.Equals(order, StringComparison.OrdinalIgnoreCase)))
                order += "_";
        }

        public override string FunctionName { get; }

        public override int Files => files.Count;

        public override long? Bytes => files.Sum(f => f.File.Length);

        public override IReadOnlyList<string> OrderColumns => [order];

        public override void Attach(Connection connection) =>
            connection.RegisterTable(
                new TableFunction(
                    FunctionName,
                    [.. columns, new Column(order, LogicalType.BigInt)],
                    asked => new CsvScan(files, columns, asked, wanted, options.Format, options.Input, rejects)
                )
                {
                    Rows = Bytes / (BytesPerColumn * columns.Count),
                }
            );

        public override string Relation(IReadOnlyList<Column> columns)
        {
            foreach (var column in columns)
                wanted.Add(this.columns.TakeWhile(c => c.Name != column.Name).Count());
            return $"{FunctionName}() AS c";
        }

        public override ReadOutcome Finish(Connection connection) => new(rejects.Count, rejects.Finish());

        public override void Dispose()
        {
            rejects.Dispose();
            base.Dispose();
        }
    }
}
