using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>Files that the engine reads with one of its own functions.</summary>
/// <param name="files">The files.</param>
/// <param name="stored">The columns they have.</param>
/// <param name="declared">The columns the source has: by its schema, where it names one.</param>
/// <param name="scan">The call of the function.</param>
/// <param name="order">Columns that give the order of the rows.</param>
internal sealed class OpenedFiles(
    IReadOnlyList<SourceFile> files,
    IReadOnlyList<Column> stored,
    IReadOnlyList<Column> declared,
    Func<IReadOnlyList<SourceFile>, string> scan,
    IReadOnlyList<string> order
) : OpenedSource
{
    /// <summary>Whether the files are columnar, so that reading them twice costs little.</summary>
    public bool IsColumnar { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> ReadPaths => [.. files.Select(f => f.Location)];

    /// <inheritdoc/>
    public override int Files => files.Count;

    /// <inheritdoc/>
    public override long? Bytes => files.Sum(f => f.Length);

    /// <inheritdoc/>
    public override bool IsCheapToReread => IsColumnar;

    /// <inheritdoc/>
    public override IReadOnlyList<string> OrderColumns => files.Count > 0 ? order : [];

    /// <inheritdoc/>
    public override string Relation(IReadOnlyList<Column> columns)
    {
        if (files.Count == 0)
            return $"(SELECT {string.Join(", ", declared.Select(c => $"CAST(NULL AS {c.Type}) AS {Sql.Identifier(c.Name)}"))} WHERE false) AS f";
        if (columns.All(c => stored.Contains(c)))
            return $"{scan(files)} AS f";
        var items = columns.Select(c =>
            stored.FirstOrDefault(s => s.Name.Equals(c.Name, StringComparison.OrdinalIgnoreCase)) is { } there
                ? $"CAST({Sql.Identifier(there.Name)} AS {c.Type}) AS {Sql.Identifier(c.Name)}"
                : $"CAST(NULL AS {c.Type}) AS {Sql.Identifier(c.Name)}"
        );
        return $"(SELECT {string.Join(", ", items.Concat(order))} FROM {scan(files)}) AS f";
    }
}
