using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions.Schemas;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Drafting;

/// <summary>Writes first drafts of pipelines, from a look at what they are to read.</summary>
public sealed class PipelineDrafter(HubRoot root, DocumentAddress address)
{
    /// <summary>A draft that reads a file, or all that match a pattern.</summary>
    /// <param name="path">The path as a document writes it: relative to the hub root, or mounted.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="RunException">There is no such file, its form is not known, or it cannot be read.</exception>
    public PipelineDraft FromFile(string path, CancellationToken cancellation = default) =>
        Draft((connection, work) => FileDraft.Look(path, root, connection, work, cancellation));

    /// <summary>A draft that reads a table of the lake.</summary>
    /// <param name="table">The table.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="RunException">There is no such table, or it cannot be read.</exception>
    public PipelineDraft FromTable(TableName table, CancellationToken cancellation = default)
    {
        var name = table.App == address.App ? $"{table.Layer}.{table.Table}" : table.ToString();
        return FromConnector($"table name={XmlText.Attribute(name)}", "", cancellation);
    }

    /// <summary>A draft that reads a table of a database.</summary>
    /// <param name="connection">The name of a connection, or a JDBC URL.</param>
    /// <param name="table">The table as the database names it.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="RunException">The database or the table cannot be reached.</exception>
    public PipelineDraft FromDatabase(string connection, string table, CancellationToken cancellation = default)
    {
        var attribute = connection.StartsWith("jdbc:", StringComparison.Ordinal) ? "jdbcUrl" : "connectionRef";
        return FromConnector(
            $"database {attribute}={XmlText.Attribute(connection)}",
            $"<table name={XmlText.Attribute(table)}/>",
            cancellation
        );
    }

    private PipelineDraft FromConnector(string element, string child, CancellationToken cancellation) =>
        Draft((connection, work) => ConnectorDraft.Look(element, child, address, root, connection, work, cancellation));

    private PipelineDraft Draft(Func<Connection, string, DraftSource> look)
    {
        var work = Directory.CreateTempSubdirectory("hub-draft-");
        try
        {
            using var database = Database.Open(new DatabaseOptions { TempDirectory = work.FullName });
            using var connection = database.Connect();
            connection.Execute("SET TimeZone = 'UTC'");
            var source = look(connection, work.FullName);
            return Draft(source, new ColumnProfiler(connection, SampleTable.Name));
        }
        finally
        {
            work.Delete(recursive: true);
        }
    }

    private PipelineDraft Draft(DraftSource source, ColumnProfiler profiler)
    {
        var columns = source.Columns.Select(c => Column(c, source.NeedsSchema)).ToList();
        var personal = columns.Where(c => c.Mask is not null).Select(c => c.Profile.Name).ToHashSet();
        var key = KeyGuess.Find(source.Columns, personal.Contains, profiler.Distinct);
        var notes = source
            .Notes.Concat(columns.Where(c => c.Profile.Note is not null).Select(c => $"{c.Profile.Name}: {c.Profile.Note}"))
            .ToList();
        var schema = source.NeedsSchema ? Schema(columns, notes) : null;
        var document = DraftDocument.Write(address, source, columns, key, hasSchema: schema is not null);
        return new PipelineDraft(document, schema, columns, key, source.Guesses, notes, source.SampleRows);
    }

    private static DraftColumn Column(ColumnProfile profile, bool isText)
    {
        var personal = PersonalData.Find(profile.Name, profile.Values);
        // What is masked is text: a telephone number has leading zeros, and nobody counts with it.
        var type =
            isText && personal is not null && personal.Value != PersonalDataKind.BirthDate ? LogicalType.Varchar : InUtc(profile.Type);
        return new DraftColumn(profile, type, personal, MaskSuggestions.For(personal));
    }

    // A timestamp of the hub is a moment; what has no zone is taken to be UTC.
    private static LogicalType InUtc(LogicalType type) =>
        type.Kind is TypeKind.Timestamp or TypeKind.TimestampMs or TypeKind.TimestampS or TypeKind.TimestampNs
            ? LogicalType.TimestampTz
            : type;

    private string? Schema(List<DraftColumn> columns, List<string> notes)
    {
        try
        {
            return AvroSchemaWriter.Write(
                new TableSchema(
                    address.Id,
                    null,
                    [.. columns.Select(c => new SchemaColumn(c.Profile.Name, c.Type, default) { IsNullable = true })]
                ),
                $"{address.App}.{address.Layer}"
            );
        }
        catch (ArgumentException e)
        {
            notes.Add($"there is no schema, so types are found anew in each run: {e.Message}");
            return null;
        }
    }
}
