using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>What a lookup looks things up in: a table of the lake, or a file under <c>config/common/lookups</c>. A step brings it along; no document names it as a source.</summary>
public sealed class ReferenceSource : SourceKind
{
    /// <summary>The one instance, which lookups bring along.</summary>
    public static ReferenceSource Instance { get; } = new();

    /// <inheritdoc/>
    public override ElementSpec Spec { get; } = new("reference", "What a lookup reads.");

    /// <inheritdoc/>
    protected internal override IReadOnlyList<Column>? Describe(Element source, ConnectorContext context)
    {
        var reference = source["reference"]!;
        var at = source.LocationOf("reference");
        try
        {
            if (context.Root.Lookup(reference) is { } file)
            {
                using var statement = context.Probe.Prepare($"SELECT * FROM {Scan(file)}");
                return statement.Columns;
            }
        }
        catch (EngineException e)
        {
            context.Findings.Add(Rule.MissingFile, at, $"the lookup '{reference}' cannot be read: {e.Message.Split('\n')[0]}");
            return null;
        }
        catch (RunException e)
        {
            context.Findings.Add(Rule.PathRefused, at, e.Message, e.Hint);
            return null;
        }
        if (TableName.Parse(reference, context.Address.App) is not null)
            return LakeReader.Describe(source, "reference", default, context);
        var known = context.Root.Lookups().Concat(LakeTables.Known(context.Root, context.Address.App)).ToArray();
        context.Findings.Add(
            Rule.UnknownTable,
            at,
            $"there is no lookup '{reference}'",
            NearestName.Hint(reference, known) ?? "name a table as layer.table, or a file under config/common/lookups"
        );
        return null;
    }

    /// <inheritdoc/>
    protected internal override OpenedSource Open(Element source, IReadOnlyList<Column> columns, RunContext context)
    {
        var reference = source["reference"]!;
        return context.Root.Lookup(reference) is { } file
            ? new LookupFile(file)
            : new LakeReader(LakeReader.Read(reference, default, context), null);
    }

    private static string Scan(string file)
    {
        var literal = Sql.Literal(file);
        return Path.GetExtension(file) switch
        {
            ".parquet" => $"read_parquet({literal})",
            ".json" => $"read_json_auto({literal})",
            // A lookup is small: all of it decides the types.
            _ => $"read_csv({literal}, header = true, sample_size = -1, allow_quoted_nulls = false)",
        };
    }

    private sealed class LookupFile(string file) : OpenedSource
    {
        public override IReadOnlyList<string> ReadPaths => [file];

        public override int Files => 1;

        public override long? Bytes => new FileInfo(file).Length;

        public override bool IsCheapToReread => true;

        public override string Relation(IReadOnlyList<Column> columns) => $"{Scan(file)} AS l";
    }
}
