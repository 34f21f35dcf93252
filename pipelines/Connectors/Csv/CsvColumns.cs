using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Schemas;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors.Csv;

/// <summary>The columns of a source of CSV files: where they come from, in which field of each file they are, and what does not fit.</summary>
internal sealed class CsvColumns
{
    private const int SampledRecords = 20_000;
    private const int SampledFiles = 8;

    private readonly Element source;
    private readonly TableSchema? schema;
    private readonly CsvFormat format;
    private readonly Diagnostics findings;

    public CsvColumns(Element source, TableSchema? schema, CsvFormat format, Diagnostics findings)
    {
        this.source = source;
        this.schema = schema;
        this.format = format;
        this.findings = findings;
    }

    private string Policy => source["onDrift"]!;

    private SourceLocation At => source.LocationOf(source.Has("schemaRef") ? "schemaRef" : "path");

    /// <summary>The columns by the schema, else by the first file, else by all where new ones are taken along; types that nothing declares are told from samples.</summary>
    public IReadOnlyList<Column> Of(IReadOnlyList<CsvSample> files)
    {
        var names = new List<string>();
        if (schema is null)
            names.AddRange(files[0].Names);
        if (Policy == "evolve" && format.HasHeader)
            foreach (
                var name in files
                    .SelectMany(f => f.Names)
                    .Where(n => Declared(n) is null && !names.Contains(n, StringComparer.OrdinalIgnoreCase))
            )
                names.Add(name);
        var declared = schema?.Columns.Select(c => c.Column) ?? [];
        return [.. declared, .. names.Zip(Types(names, files), (n, t) => new Column(n, t))];
    }

    /// <summary>Where the columns are in a file; reports what it lacks and what it has besides, and names that come twice.</summary>
    public CsvFile Locate(CsvSample file, IReadOnlyList<Column> columns)
    {
        if (!format.HasHeader)
        {
            if (file.Names.Count != columns.Count)
                Report(
                    Rule.SchemaDrift,
                    $"'{file.File.Name}' has {file.Names.Count} fields in its first record, where {columns.Count} columns are expected",
                    null
                );
            return new CsvFile(file.File, columns.Count, [.. Enumerable.Range(0, columns.Count)]);
        }
        foreach (var twice in file.Names.GroupBy(n => n).Where(g => g.Count() > 1))
            Report(
                Rule.DuplicateColumn,
                $"'{file.File.Name}' has the column '{twice.Key}' {twice.Count()} times",
                "rename one of them in the file"
            );
        var fields = columns.Select(c => FieldOf(c.Name, file)).ToArray();
        if (schema is not null && file.Names.Count == columns.Count && fields.All(f => f < 0))
        {
            Report(
                Rule.SchemaDrift,
                $"'{file.File.Name}' begins with {string.Join(", ", file.Names.Select(n => $"'{n}'"))}, none of which is a column of the schema",
                "if that is no header but data, set header=\"false\""
            );
            return new CsvFile(file.File, file.Names.Count, fields);
        }
        for (var i = 0; i < columns.Count; i++)
            if (fields[i] < 0)
                ReportMissing(columns[i].Name, file);
        if (Policy != "evolve")
            for (var i = 0; i < file.Names.Count; i++)
                if (!fields.Contains(i))
                    ReportExtra(file.Names[i], file);
        return new CsvFile(file.File, file.Names.Count, fields);
    }

    /// <summary>A file that is empty to its first byte has no header, and so no columns.</summary>
    public void ReportEmpty(SourceFile file)
    {
        if (format.HasHeader)
            Report(
                DriftRule,
                $"'{file.Name}' is empty: it does not even have a header",
                "remove it, or set onDrift=\"warn\" to pass it over"
            );
    }

    private Rule DriftRule => Policy == "fail" ? Rule.SchemaDrift : Rule.SchemaDriftSeen;

    private string Whose => schema is null ? "the first file" : "the schema";

    private SchemaColumn? Declared(string name) =>
        schema?.Columns.FirstOrDefault(c => c.Aliases.Prepend(c.Name).Contains(name, StringComparer.OrdinalIgnoreCase));

    private int FieldOf(string column, CsvSample file)
    {
        var aliases = schema?.Columns.FirstOrDefault(c => c.Name == column)?.Aliases ?? [];
        foreach (var name in aliases.Prepend(column))
        {
            var exact = file.Names.ToList().IndexOf(name);
            var alike = file.Names.Select((n, i) => (n, i)).Where(x => x.n.Equals(name, StringComparison.OrdinalIgnoreCase)).ToArray();
            if (exact >= 0 || alike.Length == 1)
                return exact >= 0 ? exact : alike[0].i;
        }
        return -1;
    }

    private void ReportMissing(string column, CsvSample file)
    {
        // What evolves may lack a column that others brought along, and one that may be null.
        if (Policy == "evolve" && Declared(column) is not { IsNullable: false })
            return;
        var rule = Declared(column) is { IsNullable: false } ? Rule.SchemaDrift : DriftRule;
        Report(
            rule,
            $"'{file.File.Name}' lacks the column '{column}' of {Whose}",
            NearestName.Hint(column, file.Names) ?? (format.HasHeader ? "correct the schema, or set onDrift" : null)
        );
    }

    private void ReportExtra(string name, CsvSample file) =>
        Report(
            DriftRule,
            $"'{file.File.Name}' has the column '{name}', which {Whose} does not",
            schema is null ? "set onDrift=\"evolve\" to take it along" : "add it to the schema, or set onDrift=\"evolve\" to take it along"
        );

    private void Report(Rule rule, string message, string? hint) => findings.Add(rule, At, message, hint);

    private IEnumerable<LogicalType> Types(List<string> names, IReadOnlyList<CsvSample> files)
    {
        if (source["inferSchema"] == "false" || names.Count == 0)
            return names.Select(_ => LogicalType.Varchar);
        var types = names.ToDictionary(n => n, _ => new CsvTypes(), StringComparer.OrdinalIgnoreCase);
        var sampled = files.Take(SampledFiles).ToArray();
        foreach (var file in sampled)
            file.Show([.. file.Names.Select(n => types.GetValueOrDefault(n))], SampledRecords / sampled.Length);
        return names.Select(n => types[n].Type);
    }
}
