using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Running;

/// <summary>A table of the lake.</summary>
/// <param name="App">The application.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Table">The table's own name.</param>
public sealed record TableName(string App, string Layer, string Table)
{
    /// <summary>
    /// Reads <c>layer.table</c>, which means the application's own, or <c>app.layer.table</c>. Null when it is neither, or a part could not
    /// be a folder's name.
    /// </summary>
    public static TableName? Parse(string text, string app)
    {
        string[] parts = text.Split('.');
        if (parts.Length == 2)
            parts = [app, .. parts];
        return parts.Length == 3 && parts.All(IsFolderName) && PipelineSpec.Layers.Contains(parts[1])
            ? new TableName(parts[0], parts[1], parts[2])
            : null;
    }

    /// <summary>What the lake says of a table, with the name by which documents know it in place of its folder.</summary>
    public static string Explain(LakeException e)
    {
        string[] parts = e.Table.Split('/');
        return parts is ["data", "applications", var app, var layer, var table]
            ? e.Message.Replace($"Table '{e.Table}'", $"table {new TableName(app, layer, table)}", StringComparison.Ordinal)
            : e.Message;
    }

    /// <summary>The table's folder, relative to the hub root.</summary>
    public string Folder => $"data/applications/{App}/{Layer}/{Table}";

    /// <summary>The form in which it is named in full: <c>app.layer.table</c>.</summary>
    public override string ToString() => $"{App}.{Layer}.{Table}";

    private static bool IsFolderName(string part) =>
        part.Length is > 0 and <= 128 && part.All(c => char.IsLetterOrDigit(c) || c is '_' or '-') && part[0] is not '-';
}
