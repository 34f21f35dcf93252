using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>What the targets that write files share: where they write, what becomes of what is there, and how it is put in place.</summary>
public abstract class FileTarget : TargetKind
{
    /// <summary>The attributes of every file target, but for the compressions each format has.</summary>
    protected static IReadOnlyList<AttributeSpec> FileAttributes(IReadOnlyList<string> compressions, string compression) =>
        [
            .. CommonAttributes,
            new(
                "path",
                AttributeKind.TargetPath,
                "Where it writes, below the application's data; `%Y/%m/%d/%H` are parts of the run's time. A folder of parts, or the file itself with `singleFile`."
            )
            {
                Required = true,
            },
            new(
                "mode",
                AttributeKind.Choice,
                "What happens if something is there: the run fails, writes nothing, replaces it, or adds files to it."
            )
            {
                Choices = ["append", "overwrite", "ignore", "error"],
                Default = "error",
            },
            new("compression", AttributeKind.Choice, "How the files are compressed.") { Choices = compressions, Default = compression },
            new(
                "partitionBy",
                AttributeKind.Columns,
                "The columns by whose values files are kept in folders of their own, `column=value`."
            ),
            new("singleFile", AttributeKind.Boolean, "Whether the path names one file instead of a folder of parts.") { Default = "false" },
        ];

    /// <summary>The ending of the files, before that of the compression.</summary>
    protected internal abstract string Ending { get; }

    /// <summary>The options of the engine's COPY for an element of this kind.</summary>
    protected internal abstract string CopyOptions(Element target);

    /// <summary>A column as the format holds it, in SQL.</summary>
    protected internal virtual string Value(Column column) => Sql.Identifier(column.Name);

    /// <summary>The compression the engine itself writes; null for one that the hub applies afterwards.</summary>
    protected internal virtual string? EngineCompression(string compression) => compression == "none" ? "uncompressed" : compression;

    /// <inheritdoc/>
    protected internal override void Check(Element target, Dataset dataset, ConnectorContext context)
    {
        var rows = TargetRows.Of(target, dataset, context);
        if (!target.IsOpen)
            context.Root.Target(target["path"]!, context.Address, target.LocationOf("path"), context.Findings);
        if (target.IsTrue("singleFile"))
        {
            if (target.Has("partitionBy"))
                context.Findings.Add(
                    Rule.ConflictingAttributes,
                    target.LocationOf("partitionBy"),
                    "one file cannot be kept apart by partitions",
                    "leave out singleFile"
                );
            if (target["mode"] == "append")
                context.Findings.Add(
                    Rule.ConflictingAttributes,
                    target.LocationOf("mode"),
                    "nothing is appended to a single file",
                    "leave out singleFile, or overwrite"
                );
        }
        if (rows is null)
            return;
        foreach (
            var column in target
                .Names("partitionBy")
                .Where(n => !rows.Columns.Any(c => c.Name.Equals(n, StringComparison.OrdinalIgnoreCase)))
        )
            context.Findings.Add(
                Rule.UnknownColumn,
                target.LocationOf("partitionBy"),
                $"what is written has no column '{column}'",
                NearestName.Hint(column, rows.Columns.Select(c => c.Name)) ?? BindScope.Known("columns", rows.Columns.Select(c => c.Name))
            );
        if (rows.Columns.Count == target.Names("partitionBy").Count)
            context.Findings.Add(
                Rule.Unsupported,
                target.LocationOf("partitionBy"),
                "every column is a partition, so that nothing is left for the files"
            );
    }

    /// <inheritdoc/>
    protected internal override string Place(Element target, ConnectorContext context) => $"path {target["path"]}";

    /// <inheritdoc/>
    protected internal override OpenedTarget Open(BoundTarget target, RunContext context) =>
        new FileWrite(this, target, TargetRows.Of(target.Element, target.Dataset, context)!, context);

    /// <summary>A moment in ISO 8601 with <c>Z</c>, its fraction only where there is one.</summary>
    protected static string Instant(string column) => $"replace(strftime({column}::TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%fZ'), '.000000Z', 'Z')";

    /// <summary>Whether a type is a moment.</summary>
    protected static bool IsInstant(LogicalType type) =>
        type.Kind is TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampMs or TypeKind.TimestampS or TypeKind.TimestampNs;

    /// <summary>Whether a type has parts.</summary>
    protected static bool IsNested(LogicalType type) =>
        type.Kind is TypeKind.List or TypeKind.Struct or TypeKind.Map or TypeKind.Array or TypeKind.Union;
}
