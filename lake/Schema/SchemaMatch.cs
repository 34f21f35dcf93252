using System.Text.Json.Nodes;
using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Schema;

/// <summary>How the columns of a query become the columns of a table.</summary>
internal sealed record SchemaMatch
{
    /// <summary>The table's schema once the write is done.</summary>
    public required StructType Schema { get; init; }

    /// <summary>For each column of the schema the query's column, or null if the query has none.</summary>
    public required IReadOnlyList<string?> Sources { get; init; }

    /// <summary>Matches by name: spelt alike first, then without regard to case.</summary>
    /// <param name="table">The table's schema; null for one that is made now from the query.</param>
    /// <param name="incoming">The query's columns.</param>
    /// <param name="evolve">Whether columns that the table does not have are added.</param>
    /// <param name="widen">Whether a column's type may become one that holds more.</param>
    /// <exception cref="FormatException">They do not match; the message names the columns and types.</exception>
    public static SchemaMatch Create(StructType? table, IReadOnlyList<Column> incoming, bool evolve, bool widen = false)
    {
        RefuseDoubles(incoming);
        var known = table?.Fields ?? [];
        var targets = incoming.Select(column => (Column: column, Field: table?.Find(column.Name))).ToList();
        if (targets.GroupBy(target => target.Field).FirstOrDefault(group => group.Key is not null && group.Count() > 1) is { } doubled)
            throw new FormatException(
                $"the columns {Names(doubled.Select(target => target.Column.Name))} of the query are all '{doubled.Key!.Name}' of the table; rename one."
            );
        var unknown = targets.Where(target => target.Field is null).Select(target => target.Column).ToList();
        if (table is not null && unknown.Count > 0 && !evolve)
            throw new FormatException(
                $"the table has no column {Names(unknown.Select(column => column.Name))}; leave it out, or let the table evolve."
            );
        var sources = targets.Where(target => target.Field is not null).ToDictionary(target => target.Field!.Name, target => target.Column);
        List<SchemaField> fields =
        [
            .. known.Select(field => sources.TryGetValue(field.Name, out var source) ? Fit(field, source, evolve, widen) : field),
            .. unknown.Select(NewField),
        ];
        return new()
        {
            Schema = new StructType(fields),
            Sources = [.. known.Select(field => sources.GetValueOrDefault(field.Name)?.Name), .. unknown.Select(column => column.Name)],
        };
    }

    /// <summary>A schema of columns that were declared.</summary>
    /// <exception cref="FormatException">A name or a type is not possible.</exception>
    public static StructType Declare(IReadOnlyList<TableColumn> columns)
    {
        RefuseDoubles(columns.Select(column => new Column(column.Name, column.Type)));
        return new([
            .. columns.Select(column =>
                NewField(new(column.Name, column.Type)) with
                {
                    Nullable = column.Nullable,
                    Metadata = column.Comment is null ? [] : new JsonObject { ["comment"] = column.Comment },
                }
            ),
        ]);
    }

    /// <summary>Whether a column of a query fits into a column of a table, grown where it may.</summary>
    public static bool Takes(SchemaField field, Column incoming, bool evolve, bool widen) =>
        TypeFit.Fits(incoming.Type, Grown(field, incoming, evolve, widen).Type);

    private static void RefuseDoubles(IEnumerable<Column> columns)
    {
        var doubled = columns.GroupBy(column => column.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
        if (doubled is not null)
            throw new FormatException(
                $"there is more than one column {Names(doubled.Select(column => column.Name).Distinct())}, and a table tells names apart without regard to case; rename one."
            );
    }

    private static SchemaField NewField(Column column)
    {
        try
        {
            return TypeMapping.Field(column.Name, column.Type);
        }
        catch (FormatException e)
        {
            throw new FormatException($"column '{column.Name}': {e.Message}.", e);
        }
    }

    private static SchemaField Fit(SchemaField field, Column incoming, bool evolve, bool widen)
    {
        var grown = Grown(field, incoming, evolve, widen);
        return TypeFit.Fits(incoming.Type, grown.Type)
            ? grown
            : throw new FormatException(
                $"column '{field.Name}' is {TypeMapping.ToEngine(field.Type)}, and the query's {incoming.Type} does not fit into it without loss; cast it."
            );
    }

    private static SchemaField Grown(SchemaField field, Column incoming, bool evolve, bool widen)
    {
        var grown = evolve ? field with { Type = Grow(field.Type, incoming) } : field;
        return evolve && widen && !TypeFit.Fits(incoming.Type, grown.Type) ? TypeWidening.Widen(grown, incoming.Type) ?? grown : grown;
    }

    /// <summary>Adds the fields that an incoming struct has in addition.</summary>
    private static DeltaType Grow(DeltaType type, Column incoming) =>
        (type, incoming.Type.Kind) switch
        {
            (StructType composite, TypeKind.Struct) => new StructType([
                .. composite.Fields.Select(field =>
                    incoming.Type.Children.FirstOrDefault(child => composite.Find(child.Name) == field) is { } child
                        ? field with
                        {
                            Type = Grow(field.Type, child),
                        }
                        : field
                ),
                .. incoming.Type.Children.Where(child => composite.Find(child.Name) is null).Select(NewField),
            ]),
            (ArrayType array, TypeKind.List or TypeKind.Array) => array with { Element = Grow(array.Element, incoming.Type.Children[0]) },
            (MapType map, TypeKind.Map) => map with
            {
                Key = Grow(map.Key, incoming.Type.Children[0]),
                Value = Grow(map.Value, incoming.Type.Children[1]),
            },
            _ => type,
        };

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
