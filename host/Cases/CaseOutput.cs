using System.IO.Compression;
using System.Text;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Host.Cases;

/// <summary>Something that came out of a case's runs.</summary>
/// <param name="File">The file that holds what is expected of it, relative to <c>expected/</c>.</param>
/// <param name="Rows">The rows.</param>
/// <param name="IsText">Whether they are lines of text, so that the expected file is that text.</param>
/// <param name="IsOrdered">Whether their order counts.</param>
internal sealed record CaseOutput(string File, CaseRows Rows, bool IsText, bool IsOrdered)
{
    private static readonly string[] Compressions = [".gz", ".bz2", ".zst"];

    /// <summary>The content of the expected file.</summary>
    public string Content => IsText ? Rows.ToText() : Rows.ToCsv();

    /// <summary>A table of the lake.</summary>
    public static CaseOutput OfTable(HubRoot root, TableName table, string app, Connection connection)
    {
        var name = table.App == app ? $"{table.Layer}.{table.Table}" : table.ToString();
        var rows =
            WrittenRows.Read(root, table, connection, sql => CaseRows.Query(connection, sql))
            ?? throw CommandException.NotFound($"table {table} has no row");
        return new CaseOutput($"tables/{name}.csv", rows.Sorted(), IsText: false, IsOrdered: false);
    }

    /// <summary>What a target wrote into a file or a folder of files.</summary>
    /// <param name="root">The hub root.</param>
    /// <param name="app">The application, whose folder its files are named in.</param>
    /// <param name="kind">The target's element.</param>
    /// <param name="path">Where it wrote, as <see cref="HubRoot.Name"/> has it.</param>
    /// <param name="connection">Reads Parquet.</param>
    public static CaseOutput OfFiles(HubRoot root, string app, string kind, string path, Connection connection)
    {
        var place = root.Named(path);
        var files = place.Files();
        var isSingle = System.IO.File.Exists(place.Location);
        var data = $"data/applications/{app}/";
        var name =
            $"files/{WithoutCompression(path.StartsWith(data, StringComparison.Ordinal) ? path[data.Length..] : path.TrimStart('/'))}";
        if (kind == "parquet")
        {
            var list = string.Join(", ", files.Select(f => Sql.Literal(f.Location)));
            var rows = CaseRows.Query(
                connection,
                $"SELECT * FROM read_parquet([{list}], hive_partitioning = {(isSingle ? "false" : "true")})"
            );
            return new CaseOutput($"{name}.csv", isSingle ? rows : rows.Sorted(), IsText: false, isSingle);
        }
        var ending = $".{kind}";
        var file = name.EndsWith(ending, StringComparison.Ordinal) ? name : name + ending;
        return isSingle
            ? new CaseOutput(file, CaseRows.Lines(Text(place.Location)), IsText: true, IsOrdered: true)
            : new CaseOutput(file, Parts(files).Sorted(), IsText: true, IsOrdered: false);
    }

    /// <summary>The lines of all parts, each with the folder of its partition before it; the parts' own names are of no account.</summary>
    private static CaseRows Parts(IReadOnlyList<SourceFile> files)
    {
        var lines = new List<string?[]>();
        foreach (var file in files)
        {
            var partition = string.Join('/', file.Name.Split('/').SkipLast(1).Where(p => p.Contains('=', StringComparison.Ordinal)));
            lines.AddRange(
                CaseRows.Lines(Text(file.Location)).Rows.Select(l => new[] { partition.Length == 0 ? l[0] : $"{partition}: {l[0]}" })
            );
        }
        return new CaseRows([new CaseColumn("line", null)], lines);
    }

    private static string Text(string file)
    {
        using var stored = System.IO.File.OpenRead(file);
        using var stream = Path.GetExtension(file) switch
        {
            ".gz" => new GZipStream(stored, CompressionMode.Decompress),
            var other when Compressions.Contains(other) => throw new CommandException(
                ExitCode.Invalid,
                $"a case cannot look into '{Path.GetFileName(file)}'",
                "let the target write compression=\"gzip\" or none"
            ),
            _ => (Stream)stored,
        };
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static string WithoutCompression(string path) =>
        Compressions.FirstOrDefault(c => path.EndsWith(c, StringComparison.Ordinal)) is { } ending ? path[..^ending.Length] : path;
}
