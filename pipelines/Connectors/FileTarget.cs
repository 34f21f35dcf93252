using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors.Csv;
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

    /// <summary>What a compression adds to the ending.</summary>
    protected internal virtual string CompressionEnding(string compression) => TextCompression.Ending(compression);

    /// <summary>The compression the engine itself writes; null for one that the hub applies afterwards.</summary>
    protected internal virtual string? EngineCompression(string compression) => compression == "none" ? "uncompressed" : compression;

    /// <inheritdoc/>
    protected internal override void Check(Element target, Dataset dataset, ConnectorContext context)
    {
        var rows = TargetRows.Of(target, dataset, context);
        if (Locate(target, context, context.Findings) is { } location && context.Root.TableAt(location) is { } table)
            context.Findings.Add(
                Rule.PathRefused,
                target.LocationOf("path"),
                $"'{target["path"]}' and the table in '{table}' would stand in each other's way",
                "choose a path beside the tables"
            );
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
    protected internal override string Place(Element target, ConnectorContext context) =>
        $"path {(Locate(target, context, new Diagnostics()) is { } location ? context.Root.Name(location) : target["path"])}";

    /// <inheritdoc/>
    protected internal override OpenedTarget Open(BoundTarget target, RunContext context) =>
        new FileWrite(Plan(target, context), TargetRows.Of(target.Element, target.Dataset, context)!, context);

    /// <summary>A moment in ISO 8601, its fraction only where there is one: in UTC with <c>Z</c>, or a local time without. Null for other types.</summary>
    protected static string? Moment(Column column)
    {
        var name = Sql.Identifier(column.Name);
        var local = $"replace({name}::TIMESTAMP::VARCHAR, ' ', 'T')";
        return column.Type.Kind switch
        {
            TypeKind.TimestampTz => $"{local} || 'Z' AS {name}",
            TypeKind.Timestamp or TypeKind.TimestampMs or TypeKind.TimestampS => $"{local} AS {name}",
            TypeKind.TimestampNs => $"replace({name}::VARCHAR, ' ', 'T') AS {name}",
            _ => null,
        };
    }

    /// <summary>Whether a type has parts.</summary>
    protected static bool IsNested(LogicalType type) =>
        type.Kind is TypeKind.List or TypeKind.Struct or TypeKind.Map or TypeKind.Array or TypeKind.Union;

    private static string? Locate(Element target, ConnectorContext context, Diagnostics findings)
    {
        if (target.IsOpen)
            return null;
        var at = target.LocationOf("path");
        try
        {
            return context.Root.Target(target["path"]!, context.Address, at, findings)?.Location;
        }
        catch (RunException e)
        {
            findings.Add(Rule.PathRefused, at, e.Message, e.Hint);
            return null;
        }
    }

    private FilePlan Plan(BoundTarget target, RunContext context)
    {
        var element = target.Element;
        var compression = element["compression"]!;
        var engine = EngineCompression(compression);
        return new FilePlan(
            target.Name,
            element["path"]!,
            context.Root.Target(element["path"]!, context.Address).Location,
            Ending + CompressionEnding(compression),
            CopyOptions(element) + (engine is null ? "" : $", COMPRESSION {engine}"),
            Value
        )
        {
            Mode = Enum.Parse<OnExisting>(element["mode"]!, ignoreCase: true),
            PartitionBy = element.Names("partitionBy"),
            IsSingle = element.IsTrue("singleFile"),
            CompressAfterwards = engine is null ? compression : null,
        };
    }
}
