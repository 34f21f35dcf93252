using System.Data.SqlTypes;
using System.Text;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors.Csv;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Tests.Connectors;

/// <summary>Reads bytes as CSV through the engine, as a source would.</summary>
internal sealed class CsvRead : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("csv-test-").FullName;
    private readonly Database database = Database.Open(new DatabaseOptions { Threads = 4 });
    private readonly Connection connection;
    private int functions;

    public CsvRead()
    {
        connection = database.Connect();
        connection.Execute("SET TimeZone = 'UTC'");
    }

    public CsvFormat Format { get; set; } = CsvFormat.Default;

    public Encoding? Encoding { get; set; }

    public string Name { get; set; } = "file.csv";

    public OnBadRow OnBadRow { get; set; }

    /// <summary>What was rejected: line, text and reason of each record.</summary>
    public List<object?[]> Rejected { get; } = [];

    /// <summary>The rows of a file with these columns, in the file's order.</summary>
    public List<object?[]> Rows(byte[] content, params Column[] columns)
    {
        var path = Path.Combine(folder, $"{functions++}-{Name}");
        File.WriteAllBytes(path, content);
        var file = new SourceFile(Name, path, content.Length, File.GetLastWriteTimeUtc(path));
        var files = new[] { new CsvFile(file, columns.Length, [.. Enumerable.Range(0, columns.Length)]) };
        using var rejects = new CsvRejects(OnBadRow, path + ".rejects");
        var input = new CsvInput(Encoding, null);
        var function = $"csv_{functions}";
        connection.RegisterTable(
            new TableFunction(
                function,
                [.. columns, new("order", LogicalType.BigInt)],
                asked => new CsvScan(files, columns, asked, [.. Enumerable.Range(0, columns.Length)], Format, input, rejects)
            )
        );
        var rows = Query($"SELECT * EXCLUDE (\"order\") FROM {function}() ORDER BY \"order\"");
        if (rejects.Finish() is { } sql)
            Rejected.AddRange(Query($"SELECT line, text, reason FROM ({sql}) ORDER BY line"));
        return rows;
    }

    /// <inheritdoc cref="Rows(byte[], Column[])"/>
    public List<object?[]> Rows(string content, params Column[] columns) => Rows(Encoding.UTF8.GetBytes(content), columns);

    public void Dispose()
    {
        connection.Dispose();
        database.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private List<object?[]> Query(string sql)
    {
        using var result = connection.Query(sql);
        return [.. result.Rows().Select(r => r.Select(v => v is SqlDecimal d && d.Precision <= 28 ? d.Value : v).ToArray())];
    }
}
