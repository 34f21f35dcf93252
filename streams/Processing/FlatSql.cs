using System.Globalization;
using System.Text.Json;
using ServerlessHub.Engine;
using ServerlessHub.Streams.Planning;

namespace ServerlessHub.Streams.Processing;

/// <summary>Writes the queries that make flattened tables of parsed events.</summary>
internal sealed class FlatSql(IReadOnlyList<string> key, IReadOnlyList<FlatTable> tables)
{
    /// <summary>The column with an event's object, parsed into <see cref="Structure"/>.</summary>
    public const string Object = "hub_object";

    private const string Element = "hub_element";

    private readonly FlatTable _root = tables[0];

    /// <summary>What parsed events keep of <see cref="Object"/>: the root's columns, and the lists that its children are made of, each read but once.</summary>
    public string Taken =>
        string.Join(
            ", ",
            _root
                .Columns.Select(c => $"{Value(Object, c)} AS {Taking(c)}")
                .Concat(tables.Where(t => t.Parent == _root).Select(t => $"{Extract(Object, t.List)} AS {Taking(t)}"))
        );

    /// <summary>The shape that the engine's JSON functions parse an object into, as they want it.</summary>
    public static string Structure(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Struct => "{"
                + string.Join(", ", type.Children.Select(member => $"{JsonSerializer.Serialize(member.Name)}: {Structure(member.Type)}"))
                + "}",
            TypeKind.List => $"[{Structure(type.Element)}]",
            // Of what was only null so far nothing is taken; but an object must have a member.
            TypeKind.Null => "\"JSON\"",
            _ when IsText(type) => "\"VARCHAR\"",
            _ => JsonSerializer.Serialize(type.ToString()),
        };

    /// <summary>The columns of the key in a row of parsed events; null where the root has no such column.</summary>
    public IEnumerable<(string Name, string Value)> Key =>
        key.Select(name => Find(name) is { } column ? (column.Name, Taking(column)) : (name, "NULL::VARCHAR"));

    /// <summary>The value of a column of the root in a row of parsed events; null where the root has no such column.</summary>
    public string? ValueOf(string name) => Find(name) is { } column ? Taking(column) : null;

    private FlatColumn? Find(string name) =>
        _root.Columns.FirstOrDefault(c => c.Name == name)
        ?? _root.Columns.FirstOrDefault(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The rows of the root.</summary>
    /// <param name="from">The engine's table of parsed events.</param>
    /// <param name="others">Columns of it that are wanted too.</param>
    public string Root(string from, params IEnumerable<string> others)
    {
        var items = _root.Columns.Select(c => $"{Taking(c)} AS {Sql.Identifier(c.Name)}").Append(FlatTable.Rescued);
        return $"SELECT {string.Join(", ", items.Concat(Provenance).Concat(others))} FROM {from}";
    }

    /// <summary>The rows of a child.</summary>
    /// <param name="table">The child.</param>
    /// <param name="from">The engine's table of parsed events.</param>
    public string Child(FlatTable table, string from)
    {
        var items = key.Select(Sql.Identifier)
            .Concat([FlatTable.Id, FlatTable.ParentId, FlatTable.Position])
            .Concat(table.Columns.Select(c => $"{Value(Element, c)} AS {Sql.Identifier(c.Name)}"))
            .Concat([FlatTable.Topic, FlatTable.Partition, FlatTable.Offset, FlatTable.EnqueuedAt]);
        return $"SELECT {string.Join(", ", items)} FROM ({Elements(table, from)})";
    }

    /// <summary>The elements of a child's lists, each with its keys.</summary>
    private string Elements(FlatTable table, string from)
    {
        var parent = table.Parent!;
        var isOfRoot = parent.Parent is null;
        var rows = isOfRoot ? from : $"({Elements(parent, from)})";
        var list = isOfRoot ? Taking(table) : Extract(Element, table.List);
        string[] kept =
        [
            .. isOfRoot ? Key.Select(k => $"{k.Value} AS {Sql.Identifier(k.Name)}") : key.Select(Sql.Identifier),
            $"{(isOfRoot ? RootId : FlatTable.Id)} AS {FlatTable.ParentId}",
            .. isOfRoot ? Provenance : [FlatTable.Topic, FlatTable.Partition, FlatTable.Offset, FlatTable.EnqueuedAt],
        ];
        var unnested =
            $"SELECT {string.Join(", ", kept)}, generate_subscripts({list}, 1) - 1 AS {FlatTable.Position}, unnest({list}) AS {Element} FROM {rows}";
        var id = $"concat({FlatTable.ParentId}, {Sql.Literal($"/{string.Join('.', table.List)}/")}, {FlatTable.Position})";
        return $"SELECT *, {id} AS {FlatTable.Id} FROM ({unnested})";
    }

    private string Taking(FlatColumn column) => string.Create(CultureInfo.InvariantCulture, $"hub_value_{IndexOf(_root.Columns, column)}");

    private string Taking(FlatTable child) => string.Create(CultureInfo.InvariantCulture, $"hub_list_{IndexOf(tables, child)}");

    private static int IndexOf<T>(IReadOnlyList<T> items, T item) => items.TakeWhile(other => !Equals(other, item)).Count();

    /// <summary>What tells a row of the root apart, as text.</summary>
    private string RootId => $"concat_ws('/', {string.Join(", ", Key.Select(k => $"({k.Value})::VARCHAR"))})";

    /// <summary>Where an event came from.</summary>
    private static string[] Provenance =>
        [
            $"topic AS {FlatTable.Topic}",
            $"partition AS {FlatTable.Partition}",
            $"\"offset\" AS {FlatTable.Offset}",
            $"enqueued_at AS {FlatTable.EnqueuedAt}",
        ];

    private static string Value(string from, FlatColumn column)
    {
        var value = Extract(from, column.Path);
        return column.Type.Kind switch
        {
            _ when column.Type == LogicalType.Json => $"CAST(to_json({value}) AS VARCHAR)",
            TypeKind.Blob => $"TRY(from_base64({value}))",
            _ when IsText(column.Type) && column.Type != LogicalType.Varchar => $"TRY_CAST({value} AS {column.Type})",
            TypeKind.List => $"TRY_CAST({value} AS {column.Type})",
            _ => value,
        };
    }

    private static string Extract(string from, IReadOnlyList<string> path) =>
        path.Aggregate(from, (value, name) => $"struct_extract({value}, {Sql.Literal(name)})");

    /// <summary>Whether a value is parsed as the text that it is in JSON: moments are, and decimals, which floating numbers would falsify.</summary>
    private static bool IsText(LogicalType type) =>
        type.Kind
            is TypeKind.Varchar
                or TypeKind.Date
                or TypeKind.Time
                or TypeKind.Timestamp
                or TypeKind.TimestampTz
                or TypeKind.Uuid
                or TypeKind.Blob
                or TypeKind.Interval
                or TypeKind.Decimal
        && type != LogicalType.Json;
}
