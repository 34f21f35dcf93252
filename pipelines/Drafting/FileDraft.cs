using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Drafting;

/// <summary>Looks at a file, whichever form it has.</summary>
internal static class FileDraft
{
    /// <summary>Looks at a file, or at the first of those a pattern matches.</summary>
    /// <param name="path">The path as a document writes it.</param>
    /// <param name="root">The hub root.</param>
    /// <param name="connection">The engine that holds the sample.</param>
    /// <param name="workFolder">A folder for what is on the way.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="RunException">There is no such file, its form is not known, or it cannot be read.</exception>
    public static DraftSource Look(string path, HubRoot root, Connection connection, string workFolder, CancellationToken cancellation)
    {
        var files = root.Source(path).Files();
        if (files.Count == 0)
            throw new RunException($"there is no file '{path}'", "a path is relative to the hub root, or mounted");
        var file = files[0];
        var source = Form(file.Name) switch
        {
            ".csv" or ".tsv" or ".txt" or ".psv" => CsvDraft.Look(file, path, connection, workFolder, cancellation),
            ".parquet" => Read(
                connection,
                $"parquet path={XmlText.Attribute(path)}",
                $"read_parquet({Sql.Literal(file.Location)})",
                false,
                cancellation
            ),
            ".json" or ".jsonl" or ".ndjson" => Json(file, path, connection, cancellation),
            var other => throw new RunException(
                $"a draft is not made from a file '{other}'",
                "from .csv, .tsv, .txt, .json, .jsonl or .parquet, also with .gz"
            ),
        };
        return files.Count == 1
            ? source
            : source with
            {
                Notes = [$"'{file.Name}' was looked at, the first of {files.Count} files", .. source.Notes],
            };
    }

    private static DraftSource Json(SourceFile file, string path, Connection connection, CancellationToken cancellation)
    {
        var isArray = FirstCharacter(file) == '[';
        var form = isArray ? "array" : "newline_delimited";
        var element = $"json path={XmlText.Attribute(path)} format=\"{(isArray ? "array" : "lines")}\"";
        return Read(
            connection,
            element,
            $"read_json({Sql.Literal(file.Location)}, format = '{form}', sample_size = -1)",
            true,
            cancellation
        );
    }

    private static DraftSource Read(
        Connection connection,
        string element,
        string relation,
        bool needsSchema,
        CancellationToken cancellation
    )
    {
        try
        {
            SampleTable.Fill(connection, relation, cancellation);
        }
        catch (EngineException e)
        {
            throw new RunException($"it cannot be read: {Planning.EngineMessage.FirstLine(e)}", inner: e);
        }
        var profiler = new ColumnProfiler(connection, SampleTable.Name);
        var columns = SampleTable.Columns(connection).Select(c => profiler.Typed(c)).ToList();
        return new DraftSource(element, "", columns, SampleTable.Rows(connection), needsSchema, [], []);
    }

    private static string Form(string name)
    {
        var form = Path.GetExtension(name).ToLowerInvariant();
        return form == ".gz" ? Path.GetExtension(Path.GetFileNameWithoutExtension(name)).ToLowerInvariant() : form;
    }

    private static char FirstCharacter(SourceFile file)
    {
        using var stored = File.OpenRead(file.Location);
        using var stream = file.Name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
            ? new System.IO.Compression.GZipStream(stored, System.IO.Compression.CompressionMode.Decompress)
            : (Stream)stored;
        using var reader = new StreamReader(stream);
        int c;
        while ((c = reader.Read()) >= 0)
            if (!char.IsWhiteSpace((char)c))
                return (char)c;
        return '\0';
    }
}
