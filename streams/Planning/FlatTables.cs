using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Steps;
using ServerlessHub.Streams.Definitions;

namespace ServerlessHub.Streams.Planning;

/// <summary>A column of a flattened table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Path">The names that lead to its value, from the object, or from the element of the list that is a row.</param>
public sealed record FlatColumn(string Name, LogicalType Type, IReadOnlyList<string> Path);

/// <summary>A table that <c>flatten</c> makes: the root, whose rows are the objects, or a child, whose rows are the elements of a list.</summary>
/// <param name="Name">The table, as the document names it.</param>
/// <param name="Parent">The table whose rows hold the list; null for the root.</param>
/// <param name="List">The names that lead from the parent's object to the list; none for the root.</param>
/// <param name="Element">The type of the object, or of the list's element.</param>
/// <param name="Columns">The columns that hold values, without those that every table has.</param>
public sealed record FlatTable(
    string Name,
    FlatTable? Parent,
    IReadOnlyList<string> List,
    LogicalType Element,
    IReadOnlyList<FlatColumn> Columns
)
{
    /// <summary>The column with what does not fit the schema, as JSON.</summary>
    public const string Rescued = "_rescued";

    /// <summary>The column with the partition of the event that a row comes from.</summary>
    public const string Partition = "_partition";

    /// <summary>The column with its offset.</summary>
    public const string Offset = "_offset";

    /// <summary>The column with its topic.</summary>
    public const string Topic = "_topic";

    /// <summary>The column with the moment at which the source took it.</summary>
    public const string EnqueuedAt = "_enqueued_at";

    /// <summary>The column with a child row's own key.</summary>
    public const string Id = "_id";

    /// <summary>The column with the key of the row that holds it.</summary>
    public const string ParentId = "_parent_id";

    /// <summary>The column with its place in the list, from 0.</summary>
    public const string Position = "_position";

    /// <summary>The names that columns of events cannot have.</summary>
    public static IReadOnlySet<string> Reserved { get; } =
        new HashSet<string>(StringComparer.OrdinalIgnoreCase) { Rescued, Partition, Offset, Topic, EnqueuedAt, Id, ParentId, Position };
}

/// <summary>Works out which tables an event becomes.</summary>
public static class FlatTables
{
    /// <summary>What stands in no name of a column in Parquet.</summary>
    private const string NotInNames = " ,;{}()\n\t=";

    /// <summary>The root, then its children, a parent before its own. A list that the document names and the object does not have makes none.</summary>
    /// <param name="flatten">What the document says.</param>
    /// <param name="type">The type of an event's object.</param>
    public static IReadOnlyList<FlatTable> Of(FlattenDefinition flatten, LogicalType type)
    {
        var tables = new List<FlatTable>();
        Add(tables, flatten, flatten.Root, null, [], type, flatten.Children);
        return tables;
    }

    private static void Add(
        List<FlatTable> tables,
        FlattenDefinition flatten,
        string name,
        FlatTable? parent,
        IReadOnlyList<string> path,
        LogicalType element,
        IReadOnlyList<ChildDefinition> named
    )
    {
        FlatColumn[] leaves = [.. Leaves(element, [])];
        var all = flatten.Children.Count == 0;
        var drop = parent is null ? flatten.Drop : [];
        var children = leaves
            .Where(leaf => leaf.Type.Kind == TypeKind.List)
            .Select(leaf => (Leaf: leaf, Child: named.FirstOrDefault(child => PathOf(child)?.SequenceEqual(leaf.Path) == true)))
            .Where(list => all ? !drop.Contains(list.Leaf.Name) : list.Child is not null)
            .ToArray();
        var table = new FlatTable(
            name,
            parent,
            path,
            element,
            Named(
                leaves.Where(leaf =>
                    children.All(list => list.Leaf != leaf) && !drop.Contains(leaf.Name) && leaf.Type.Kind != TypeKind.Null
                ),
                flatten,
                parent
            )
        );
        tables.Add(table);
        foreach (var (leaf, child) in children)
            Add(
                tables,
                flatten,
                child?.Table ?? TableOf($"{name}_{leaf.Name}", tables),
                table,
                leaf.Path,
                leaf.Type.Element,
                child?.Children ?? []
            );
    }

    /// <summary>The names from a parent's object to the list that a child is made of; null where its path is none.</summary>
    public static IReadOnlyList<string>? PathOf(ChildDefinition child) => JsonListPath.Parse(child.Path);

    /// <summary>A name that a table can have, and none of these has.</summary>
    private static string TableOf(string name, List<FlatTable> tables)
    {
        const int longest = 100;
        var safe = string.Concat(name.Select(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.' ? c : '_'));
        safe = safe.Length > longest ? safe[..longest] : safe;
        var free = safe;
        for (var i = 2; tables.Exists(t => t.Name.Equals(free, StringComparison.OrdinalIgnoreCase)); i++)
            free = $"{safe}_{i}";
        return free;
    }

    private static IEnumerable<FlatColumn> Leaves(LogicalType type, IReadOnlyList<string> path) =>
        type.Kind == TypeKind.Struct
            ? type.Children.SelectMany(member => Leaves(member.Type, [.. path, member.Name]))
            : [new(path.Count == 0 ? "value" : string.Join('_', path), type, path)];

    /// <summary>Columns by names that a table can have, each once.</summary>
    private static List<FlatColumn> Named(IEnumerable<FlatColumn> leaves, FlattenDefinition flatten, FlatTable? parent)
    {
        var taken = new HashSet<string>(FlatTable.Reserved, StringComparer.OrdinalIgnoreCase);
        if (parent is not null)
            taken.UnionWith(flatten.Key);
        var columns = new List<FlatColumn>();
        foreach (var leaf in leaves)
        {
            var safe = string.Concat(leaf.Name.Select(c => NotInNames.Contains(c) ? '_' : c));
            var free = taken.Contains(safe) ? $"event_{safe.TrimStart('_')}" : safe;
            for (var i = 2; !taken.Add(free); i++)
                free = $"{safe}_{i}";
            // What a table cannot have in its columns it has as JSON.
            columns.Add(leaf with { Name = free, Type = IsPossible(leaf.Type) ? leaf.Type : LogicalType.Json });
        }
        return columns;
    }

    private static bool IsPossible(LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Struct => type.Children.All(member => !member.Name.Any(NotInNames.Contains) && IsPossible(member.Type)),
            TypeKind.List => IsPossible(type.Element),
            TypeKind.Null => false,
            _ => true,
        };
}
