using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>The SQL by which the engine reads files of JSON.</summary>
/// <param name="files">The files.</param>
/// <param name="isArray">Whether each holds one array, not one object a line.</param>
/// <param name="compression">How they are compressed; null where their ending tells.</param>
internal sealed class JsonScan(IReadOnlyList<SourceFile> files, bool isArray, string? compression)
{
    // What the engine takes as the largest object of a file.
    private const int LongestLine = 1 << 24;

    /// <summary>Its columns found in a sample.</summary>
    public string Sampled(int objects) => Json($"sample_size = {objects}, union_by_name = true");

    /// <summary>These columns; a value that its type cannot hold fails the query, as does what is no JSON.</summary>
    public string Strict(IEnumerable<Column> columns) =>
        Json($"columns = {{{string.Join(", ", columns.Select(c => $"{Sql.Literal(c.Name)}: {Sql.Literal(c.Type.ToString())}"))}}}");

    /// <summary>Each object as <c>text</c>, with its <c>file</c>. A line may also be something else, or empty: null.</summary>
    public string Texts()
    {
        if (isArray)
            return Json("records = 'false', columns = {'text': 'VARCHAR'}, filename = 'file'");
        // A control character cannot stand in JSON, so it separates nothing and a line is one field.
        var lines = "auto_detect = false, header = false, columns = {'text': 'VARCHAR'}, delim = chr(1), quote = '', escape = '', ";
        return $"read_csv({List()}, {lines}filename = 'file', max_line_size = {LongestLine}, buffer_size = {2 * LongestLine}{Compression()})";
    }

    private string Json(string options) =>
        $"read_json({List()}, format = '{(isArray ? "array" : "newline_delimited")}', {options}{Compression()})";

    private string List() => $"[{string.Join(", ", files.Select(f => Sql.Literal(f.Location)))}]";

    private string Compression() => compression is null ? "" : $", compression = {Sql.Literal(compression)}";
}
