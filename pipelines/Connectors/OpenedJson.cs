using System.Text.Json;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>
/// Files of JSON that were opened for a run. Where a bad row fails it, the engine's own reader finds that there is one at no cost, and only then are
/// the objects looked at to say which. Where bad rows are left out, each object is read as text and taken apart with an eye to what does not fit.
/// </summary>
internal sealed class OpenedJson(IReadOnlyList<SourceFile> files, IReadOnlyList<Column> declared, JsonScan scan, string onBadRow)
    : OpenedSource
{
    private static int count;
    private readonly string passes = $"json_passes_{Interlocked.Increment(ref count)}";
    private readonly List<Column> wanted = [];
    private int sawBad;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ReadPaths => [.. files.Select(f => f.Location)];

    /// <inheritdoc/>
    public override int Files => files.Count;

    /// <inheritdoc/>
    public override long? Bytes => files.Sum(f => f.Length);

    /// <summary>Registers the function that lets a row pass that nothing speaks against, and notes whether there was another.</summary>
    public override void Attach(Connection connection) =>
        connection.Register(
            new ScalarFunction(passes, [LogicalType.Varchar], LogicalType.Boolean, Pass) { IsVolatile = true, HandlesNulls = true }
        );

    /// <inheritdoc/>
    public override string Relation(IReadOnlyList<Column> columns)
    {
        if (files.Count == 0)
            return $"(SELECT {string.Join(", ", declared.Select(c => $"CAST(NULL AS {c.Type}) AS {Sql.Identifier(c.Name)}"))} WHERE false) AS f";
        wanted.AddRange(columns.Except(wanted));
        if (onBadRow == "fail")
            return $"({Strict(columns)}) AS f";
        var items = columns.Select((c, i) => $"v{i} AS {Sql.Identifier(c.Name)}");
        return $"(SELECT {string.Join(", ", items)} FROM ({Judged(columns, scan.Texts())}) WHERE {passes}(reason)) AS f";
    }

    /// <inheritdoc/>
    public override ReadOutcome Finish(Connection connection)
    {
        if (sawBad == 0)
            return ReadOutcome.Clean;
        using var rejected = connection.Query($"SELECT count(*) FROM ({Rejects()})");
        return new ReadOutcome(rejected.Scalar<long>(), onBadRow == "quarantine" ? Rejects() : null);
    }

    /// <inheritdoc/>
    public override RunException? Explain(EngineException error, Connection connection, CancellationToken cancellation)
    {
        if (onBadRow != "fail" || files.Count == 0 || !error.Message.Contains("JSON", StringComparison.Ordinal))
            return null;
        try
        {
            using var rejects = connection.Query($"SELECT file, line, reason FROM ({Rejects()}) ORDER BY file, line LIMIT 1", cancellation);
            return rejects.Rows().FirstOrDefault() is [string file, long line, string reason]
                ? new RunException($"{file}:{line}: {reason}", "correct the file, or set onBadRow to skip or quarantine", inner: error)
                : null;
        }
        catch (EngineException)
        {
            // What cannot be taken apart at all, the engine's first words say best.
            return null;
        }
    }

    private void Pass(DataChunk input, VectorWriter output)
    {
        var reasons = input.Column(0);
        var passing = output.Span<byte>();
        for (var row = 0; row < passing.Length; row++)
            passing[row] = reasons.IsNull(row) ? (byte)1 : (byte)0;
        if (passing.Contains((byte)0))
            Volatile.Write(ref sawBad, 1);
    }

    /// <summary>Columns as the engine reads them, but whole numbers from text.</summary>
    private string Strict(IReadOnlyList<Column> columns)
    {
        var items = columns.Select(c =>
        {
            var name = Sql.Identifier(c.Name);
            var fit = new JsonFit(c, name);
            return JsonFit.IsWhole(c.Type)
                ? $"CASE WHEN {fit.IsBad(fit.Value, "''")} THEN error('a JSON number is not whole, or too large') ELSE {fit.Value} END AS {name}"
                : name;
        });
        var read = columns.Select(c => JsonFit.IsWhole(c.Type) ? new Column(c.Name, LogicalType.Varchar) : c);
        return $"SELECT {string.Join(", ", items)} FROM {scan.Strict(read)}";
    }

    /// <summary>For each object the columns as <c>v0</c> and so on, and the <c>reason</c> why it is bad, null for a good one.</summary>
    private static string Judged(IReadOnlyList<Column> columns, string texts)
    {
        var members = columns.Select(c =>
            $"{JsonSerializer.Serialize(c.Name)}: {JsonSerializer.Serialize(JsonFit.Texts(c.Type).ToString())}"
        );
        var taken =
            $"SELECT *, TRY(from_json(text, {Sql.Literal($"{{{string.Join(", ", members)}}}")})) AS raw FROM {texts} WHERE text IS NOT NULL";
        var fits = columns.Select(c => new JsonFit(c, $"raw.{Sql.Identifier(c.Name)}")).ToArray();
        var values = $"SELECT *, {string.Join(", ", fits.Select((f, i) => $"{f.Value} AS v{i}"))} FROM ({taken})";
        var cases = fits.Select((f, i) => $"WHEN {f.IsBad($"v{i}", "text")} THEN {f.Reason("text")}");
        const string notOne = "raw IS NULL OR NOT starts_with(ltrim(text, e' \\t'), '{')";
        return $"SELECT *, CASE WHEN {notOne} THEN 'no JSON object' {string.Join(" ", cases)} END AS reason FROM ({values})";
    }

    /// <summary>The bad rows, by what this run has wanted of them: <c>file, line, text, reason</c>.</summary>
    private string Rejects()
    {
        var numbered =
            $"(SELECT *, row_number() OVER (PARTITION BY file ORDER BY n) AS line FROM (SELECT *, row_number() OVER () AS n FROM {scan.Texts()}))";
        var names = string.Join(" ", files.Select(f => $"WHEN {Sql.Literal(f.Location)} THEN {Sql.Literal(f.Name)}"));
        return $"SELECT CASE file {names} END AS file, line, text, reason FROM ({Judged(wanted, numbered)}) WHERE reason IS NOT NULL";
    }
}
