using ServerlessHub.Engine;

namespace ServerlessHub.Samples;

/// <summary>Writes generated rows to files: an engine with the macros of <c>generator/</c>, and the rows cut into files of a bounded size.</summary>
internal sealed class Generator : IDisposable
{
    private const long RowsPerFile = 500_000;

    private readonly string folder;
    private readonly CancellationToken cancellation;
    private readonly Database database;
    private readonly Connection connection;

    public Generator(string folder, int seed, Dirt dirt, CancellationToken cancellation)
    {
        this.folder = folder;
        this.cancellation = cancellation;
        var kinds = dirt.KindOfRank();
        database = Database.Open(new() { TempDirectory = Path.Combine(folder, "spill") });
        connection = database.Connect();
        Execute($"CREATE MACRO kind_of(rank) AS {kinds}");
        Set("seed", seed);
        Set("run_date", SampleData.RunDate);
        Execute("CREATE TEMP TABLE row_numbers (i BIGINT)");
        foreach (var script in (string[])["common", "customer", "orders"])
        {
            using var text = new StreamReader(SampleDocuments.Open($"generator/{script}.sql"));
            Execute(text.ReadToEnd());
        }
    }

    /// <summary>A variable of the macros.</summary>
    public void Set(string variable, object value) => Execute($"SET VARIABLE {variable} = {Sql.Literal(value)}");

    /// <summary>Runs a statement.</summary>
    public void Execute(string sql) => connection.Execute(sql, cancellation);

    /// <summary>The place of a file, its folder made.</summary>
    public string Place(string file)
    {
        var path = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    /// <summary>
    /// Writes rows to numbered files, two at least where there are two rows, so that whoever reads them meets more than one.
    /// </summary>
    /// <param name="name">The files' name, with <c>{0}</c> for the number.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="macro">The macro that makes them from <c>row_numbers</c>.</param>
    /// <param name="format">The options of <c>COPY</c>.</param>
    /// <returns>The files' places.</returns>
    public IReadOnlyList<string> WriteFiles(string name, long rows, string macro, string format)
    {
        var files = new List<string>();
        foreach (var batch in Batches(rows))
        {
            var file = Place(name.Replace("{0}", $"{files.Count + 1:0000}", StringComparison.Ordinal));
            Execute($"COPY (FROM {macro}()) TO {Sql.Literal(file)} ({format})");
            files.Add(file);
            cancellation.ThrowIfCancellationRequested();
        }
        return files;
    }

    /// <summary>Goes through the rows by batches, each of which is in <c>row_numbers</c> while the caller has it.</summary>
    public IEnumerable<long> Batches(long rows)
    {
        var size = Math.Min(RowsPerFile, (rows + 1) / 2);
        for (var first = 0L; first < rows; first += size)
        {
            var end = Math.Min(rows, first + size);
            Execute($"CREATE OR REPLACE TEMP TABLE row_numbers AS SELECT range AS i FROM range({first}, {end})");
            yield return first;
        }
    }

    public void Dispose()
    {
        connection.Dispose();
        database.Dispose();
    }
}
