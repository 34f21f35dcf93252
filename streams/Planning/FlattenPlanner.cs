using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Pipelines.Steps;
using ServerlessHub.Streams.Definitions;

namespace ServerlessHub.Streams.Planning;

/// <summary>Plans the tables that are made of events, with their columns where it is known what events hold.</summary>
internal sealed class FlattenPlanner(FlattenDefinition flatten, TableName raw, TableClaims claims, BindScope scope)
{
    private readonly List<PlannedTable> _tables = [];
    private readonly Dictionary<FlatTable, (TableName Name, string Path)> _planned = [];

    /// <summary>Plans them, the root first; reports what does not fit what events hold.</summary>
    /// <param name="schema">What an event holds; null where that is not known.</param>
    public IReadOnlyList<PlannedTable> Plan(IReadOnlyList<Column>? schema)
    {
        foreach (var child in Below(flatten.Children).Where(c => FlatTables.PathOf(c) is null))
            scope.Findings.Add(
                Rule.BadValue,
                child.Element.LocationOf("path"),
                $"'{child.Path}' is no path of a list",
                "write $.name[*], or $.a.b[*] for a list inside an object; nest <child> for a list inside a list"
            );
        if (schema is null)
            PlanNames();
        else
            PlanColumns(LogicalType.Struct(schema));
        return _tables;
    }

    private void PlanNames()
    {
        if (claims.Claim(flatten.Element, "root", "the objects") is not { } root)
            return;
        Add(root, TableRole.Root, flatten.Element, raw, null);
        PlanNames(flatten.Children, root);
    }

    private void PlanNames(IReadOnlyList<ChildDefinition> children, TableName parent)
    {
        foreach (var child in children)
            if (claims.Claim(child.Element, "table", $"the list {child.Path}") is { } table)
            {
                Add(table, TableRole.Child, child.Element, parent, null);
                PlanNames(child.Children, table);
            }
    }

    private void PlanColumns(LogicalType type)
    {
        CheckLists(flatten.Children, type);
        CheckDrop(type);
        foreach (var table in FlatTables.Of(flatten, type))
            if (table.Parent is null)
                PlanRoot(table);
            else if (_planned.ContainsKey(table.Parent))
                PlanChild(table);
    }

    private void PlanRoot(FlatTable table)
    {
        if (claims.Claim(flatten.Element, "root", "the objects") is not { } name)
            return;
        _planned[table] = (name, "$");
        PlannedColumn[] columns =
        [
            .. table.Columns.Select(c => Of(c, "$")),
            new(FlatTable.Rescued, LogicalType.Varchar, [new(raw, "value")]),
            .. Provenance(),
        ];
        Add(name, TableRole.Root, flatten.Element, raw, columns);
        BindNames(Dataset.OfRecord(name.Table, [.. columns.Select(c => c.Column)], flatten.Element));
    }

    private void PlanChild(FlatTable table)
    {
        var (parent, path) = _planned[table.Parent!];
        var child = Below(flatten.Children).FirstOrDefault(c => c.Table == table.Name);
        var at = child?.Element ?? flatten.Element;
        var list = $"{path}{string.Concat(table.List.Select(p => "." + p))}[*]";
        var claimed = child is null ? ClaimList(table, parent, list) : claims.Claim(at, "table", $"the list {list}");
        if (claimed is not { } name)
            return;
        _planned[table] = (name, list);
        var root = _tables[0].Columns!;
        PlannedColumn[] columns =
        [
            .. flatten.Key.Select(k => Find(root, k)).OfType<PlannedColumn>(),
            new(FlatTable.Id, LogicalType.Varchar, []),
            new(FlatTable.ParentId, LogicalType.Varchar, []),
            new(FlatTable.Position, LogicalType.BigInt, []),
            .. table.Columns.Select(c => Of(c, list)),
            .. Provenance(),
        ];
        Add(name, TableRole.Child, at, parent, columns);
    }

    private TableName? ClaimList(FlatTable table, TableName parent, string list)
    {
        var name = parent with { Table = table.Name[(table.Name.LastIndexOf('.') + 1)..] };
        return claims.Claim(name, flatten.Element.Location, $"the list {list}") ? name : null;
    }

    private void Add(TableName name, TableRole role, Element at, TableName source, IReadOnlyList<PlannedColumn>? columns) =>
        _tables.Add(new(name, role, at.Location, source, flatten.IsMerge ? flatten.Key : [], columns));

    /// <summary>Gives what attributes name in the root its meaning.</summary>
    private void BindNames(Dataset root)
    {
        foreach (var nested in scope.Columns(root, flatten.Element, "key").Where(c => FlattenedField.IsNested(c.Type)))
            scope.Findings.Add(
                Rule.TypeMismatch,
                flatten.Element.LocationOf("key"),
                $"'{nested.Name}' is {nested.Type}, which tells no rows apart",
                "name columns with plain values"
            );
        if (flatten.EventId is { } id)
            scope.Column(root, id, flatten.Element.LocationOf("eventId"));
        if (flatten.DeleteWhen is not null)
            scope.Condition(flatten.Element.Source("deleteWhen")!, root);
    }

    private void CheckLists(IReadOnlyList<ChildDefinition> children, LogicalType type)
    {
        var fields = Fields(type);
        var lists = fields.Where(f => f.IsList).ToArray();
        foreach (var child in children)
            if (FlatTables.PathOf(child) is not { } path)
                continue;
            else if (lists.FirstOrDefault(l => l.Path.SequenceEqual(path)) is { } list)
                CheckLists(child.Children, list.Type.Element);
            else
            {
                var isThere = fields.Any(f => f.Path.Take(path.Count).SequenceEqual(path));
                scope.Findings.Add(
                    isThere ? Rule.TypeMismatch : Rule.UnknownColumn,
                    child.Element.LocationOf("path"),
                    isThere ? $"what is at '{child.Path}' is no list" : $"there is nothing at '{child.Path}'",
                    NearestName.Hint(child.Path, lists.Select(l => l.JsonPath))
                        ?? BindScope.Known("lists", lists.Select(l => l.JsonPath))
                        ?? "there is no list here"
                );
            }
    }

    private void CheckDrop(LogicalType type)
    {
        if (flatten.Element.Source("drop") is not { } text)
            return;
        var names = Fields(type).Select(f => f.Name).ToArray();
        foreach (var (part, offset) in NameList.Located(text.Value))
            if (NameList.Unquote(part) is var name && !names.Contains(name))
                scope.Findings.Add(
                    Rule.UnknownColumn,
                    text.LocationAt(offset),
                    $"an event has no column '{name}' that could be left out",
                    NearestName.Hint(name, names) ?? BindScope.Known("columns", names)
                );
    }

    private static IReadOnlyList<FlattenedField> Fields(LogicalType type) =>
        [.. FlattenedField.Of(new ColumnExpression(0, new Column("value", type)))];

    private static PlannedColumn? Find(IReadOnlyList<PlannedColumn> columns, string name) =>
        columns.FirstOrDefault(c => c.Name == name) ?? columns.FirstOrDefault(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<ChildDefinition> Below(IReadOnlyList<ChildDefinition> children) =>
        children.SelectMany(c => Below(c.Children).Prepend(c));

    private PlannedColumn Of(FlatColumn column, string path) =>
        new(column.Name, column.Type, [new(raw, "value", path + string.Concat(column.Path.Select(p => "." + p)))]);

    private IEnumerable<PlannedColumn> Provenance() =>
        [
            new(FlatTable.Topic, LogicalType.Varchar, [new(raw, "topic")]),
            new(FlatTable.Partition, LogicalType.Integer, [new(raw, "partition")]),
            new(FlatTable.Offset, LogicalType.BigInt, [new(raw, "offset")]),
            new(FlatTable.EnqueuedAt, LogicalType.TimestampTz, [new(raw, "enqueued_at")]),
        ];
}
