using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Running;

/// <summary>A table of the lake: an application's, or one of the hub's own history, which belongs to none and is read only.</summary>
/// <param name="App">The application; empty for the history.</param>
/// <param name="Layer">The layer; <see cref="History"/> for the history.</param>
/// <param name="Table">The table's own name.</param>
public sealed record TableName(string App, string Layer, string Table)
{
    /// <summary>What stands for a layer in the names of the tables of the history: <c>ops.job_runs</c>.</summary>
    public const string History = "ops";

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

    /// <summary>A table of the history; null when the name could not be a folder's.</summary>
    public static TableName? OfHistory(string table) => IsFolderName(table) ? new("", History, table) : null;

    /// <summary>What the lake says of a table, with the name by which documents know it in place of its folder.</summary>
    public static string Explain(LakeException e) =>
        OfFolder(e.Table) is { } name ? e.Message.Replace($"Table '{e.Table}'", $"table {name}", StringComparison.Ordinal) : e.Message;

    /// <summary>The table whose <see cref="Folder"/> this is; null when it is no table's.</summary>
    public static TableName? OfFolder(string folder) =>
        folder.Split('/') switch
        {
            ["data", "applications", var app, var layer, var table] => new(app, layer, table),
            ["data", History, var table] => new("", History, table),
            _ => null,
        };

    /// <summary>The table's folder, relative to the hub root.</summary>
    public string Folder => IsHistory ? $"data/{History}/{Table}" : $"data/applications/{App}/{Layer}/{Table}";

    /// <summary>The form in which it is named in full: <c>app.layer.table</c>, or <c>ops.table</c>.</summary>
    public override string ToString() => IsHistory ? $"{History}.{Table}" : $"{App}.{Layer}.{Table}";

    private bool IsHistory => App.Length == 0;

    /// <summary>Whether a text can be the name of an application, or of another part of a table's name.</summary>
    internal static bool IsFolderName(string part) =>
        part.Length is > 0 and <= 128 && part.All(c => char.IsLetterOrDigit(c) || c is '_' or '-') && part[0] is not '-';
}
