using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Schema;

namespace ServerlessHub.Lake.Writing;

/// <summary>Changes what a table is, and none of its rows.</summary>
internal sealed class MetadataStaging(string table, Snapshot before)
{
    private const string Constraint = "delta.constraints.";

    /// <summary>Sets properties; those without a value are taken away.</summary>
    public StagedChange SetProperties(IReadOnlyDictionary<string, string?> properties)
    {
        try
        {
            TableProperties.RequireSettable(properties);
        }
        catch (FormatException e)
        {
            throw new LakeException(table, e.Message, before.Version, cause: e);
        }
        RequireMappable(properties);
        var change = Change(properties, TableProperties.Protocol(before.Protocol, properties), Described(properties), ReadSet.Nothing);
        // The files that are there have the columns under the names that they have in the table.
        return Mode(change.Protocol, change.Metadata) != Mode(before.Protocol, before.Metadata)
            ? change with
            {
                Metadata = ColumnMapping.Assign(change.Metadata, before.Schema, new Dictionary<string, int>()).Metadata,
            }
            : change;
    }

    private static Operation Described(IReadOnlyDictionary<string, string?> properties)
    {
        var set = properties.Where(property => property.Value is not null).ToDictionary();
        return set.Count > 0
            ? new("SET TBLPROPERTIES") { Parameters = new() { ["properties"] = Operation.Json(set) } }
            : new("UNSET TBLPROPERTIES")
            {
                Parameters = new() { ["properties"] = Operation.Json(properties.Keys), ["ifExists"] = true },
            };
    }

    /// <summary>Columns of a table that is there can be mapped by name only, since its files have no numbers, and are so for ever.</summary>
    private void RequireMappable(IReadOnlyDictionary<string, string?> properties)
    {
        if (!properties.TryGetValue(ColumnMapping.Property, out var asked))
            return;
        var (mode, wanted) = (Mode(before.Protocol, before.Metadata), asked ?? ColumnMapping.None);
        if (wanted != mode && (mode, wanted) is not (ColumnMapping.None, "name"))
            throw new LakeException(
                table,
                $"its columns are mapped by '{mode}' ({ColumnMapping.Property}); a table's mapping can be turned on, by name, and not be changed after that.",
                before.Version
            );
    }

    private static string Mode(TableProtocol protocol, TableMetadata metadata) => ColumnMapping.ModeOf(protocol, metadata);

    /// <summary>Adds a constraint that the rows fulfil which the table has.</summary>
    public StagedChange AddConstraint(Connection connection, string name, string expression, CancellationToken ct)
    {
        if (Find(name) is { } known)
            throw new LakeException(table, $"it has a constraint '{known[Constraint.Length..]}' already; drop that first.", before.Version);
        var properties = new Dictionary<string, string?> { [Constraint + name.ToLowerInvariant()] = expression };
        var protocol = before.Protocol.With([("checkConstraints", false)]);
        var change = Change(
            properties,
            protocol,
            new("ADD CONSTRAINT")
            {
                Parameters = new() { ["name"] = name, ["expr"] = expression },
            },
            ReadSet.Nothing.AndEverything()
        );
        try
        {
            RequireTrue(connection, name, expression, RowRules.Of(connection, protocol, change.Metadata, before.Schema), ct);
        }
        catch (FormatException e)
        {
            throw new LakeException(table, e.Message, before.Version, cause: e);
        }
        return change;
    }

    /// <summary>Takes a constraint away.</summary>
    public StagedChange DropConstraint(string name)
    {
        var known = Find(name) ?? throw new LakeException(table, $"it has no constraint '{name}'.", before.Version);
        return Change(
            new Dictionary<string, string?> { [known] = null },
            before.Protocol,
            new("DROP CONSTRAINT")
            {
                Parameters = new()
                {
                    ["name"] = name,
                    ["expr"] = before.Metadata.Property(known),
                    ["existed"] = "true",
                },
            },
            ReadSet.Nothing
        );
    }

    private string? Find(string name) =>
        before.Metadata.Configuration?.Keys.FirstOrDefault(key =>
            string.Equals(key, Constraint + name, StringComparison.OrdinalIgnoreCase)
        );

    private void RequireTrue(Connection connection, string name, string expression, RowRules rules, CancellationToken ct)
    {
        using var rows = before.Scan(connection);
        try
        {
            using var result = connection.Query(
                $"SELECT count({Sql.Identifier(before.Schema.Fields[0].Name)}) FROM (\n{rules.Apply(rows.Sql, before.Schema)}\n)",
                ct
            );
            result.Scalar<long>();
        }
        catch (EngineException e) when (rules.Explain(e) is not null)
        {
            throw new LakeException(
                table,
                $"the constraint '{name}' cannot be added: {expression} is not true of each row that it has. Delete or update the others first.",
                before.Version,
                cause: e
            );
        }
    }

    private StagedChange Change(IReadOnlyDictionary<string, string?> properties, TableProtocol protocol, Operation operation, ReadSet reads)
    {
        var configuration = new Dictionary<string, string?>(before.Metadata.Configuration ?? new Dictionary<string, string?>());
        foreach (var (key, value) in properties)
        {
            configuration.Remove(key);
            if (value is not null)
                configuration.Add(key, value);
        }
        return new()
        {
            Before = before,
            Reads = reads,
            Metadata = before.Metadata with { Configuration = configuration },
            MetadataChanges = true,
            Protocol = protocol,
            ProtocolChanges = protocol != before.Protocol,
            Removed = [],
            Added = [],
            Operation = operation,
            Metrics = new(),
        };
    }
}
