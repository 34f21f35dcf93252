using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Planning.Operators;

namespace ServerlessHub.Pipelines.Steps;

/// <summary>Binds one <c>flatten</c>: its root, and its children as deep as they go.</summary>
internal sealed class FlattenBinding(Element step, BindScope scope)
{
    private const string Id = "_id";
    private const string ParentId = "_parent_id";
    private const string Position = "_position";
    private const string ElementColumn = "__hub_element";

    /// <summary>A dataset whose rows hold objects.</summary>
    /// <param name="Base">The dataset from which the fields are taken.</param>
    /// <param name="Table">The name of the dataset that is made of them.</param>
    /// <param name="Fields">The fields.</param>
    /// <param name="Key">The key of the root, over the base; null where there is none.</param>
    /// <param name="RowId">What children of a row call it, over the base.</param>
    private sealed record Level(Dataset Base, string Table, IReadOnlyList<FlattenedField> Fields, ComputedColumn? Key, Expression? RowId);

    private bool IsAutomatic => step.Children.Count == 0;

    /// <summary>Binds the root and its children.</summary>
    /// <param name="source">What is read.</param>
    /// <param name="column">The column with the object; null where the row is the object.</param>
    /// <param name="json">The type of the object where the column holds JSON text; null where it is a struct.</param>
    public void Bind(Dataset source, Column? column, LogicalType? json)
    {
        var table = step["root"] ?? source.Name;
        var fields = column is null ? source.Columns.SelectMany(c => FlattenedField.Of(new ColumnExpression(0, c), c.Name)) : [];
        var from = source;
        if (column is not null && json is not null)
        {
            var parsed = new ParseJson(source, column.Name, FlattenedField.ParsedShape(json));
            if (Define(table, step, "root", parsed) is not { } text)
                return;
            (from, column) = (text, text.Find(column.Name)!);
            fields = FlattenedField.OfParsed(new ColumnExpression(0, column), json);
        }
        else if (column is not null)
            fields = FlattenedField.Of(new ColumnExpression(0, column));
        BindRoot(from, table, column, [.. fields]);
    }

    private void BindRoot(Dataset from, string table, Column? column, IReadOnlyList<FlattenedField> fields)
    {
        var children = Children(step, fields);
        if (children is null)
            return;
        List<ComputedColumn> items =
        [
            .. column is null
                ? []
                : from.Columns.Where(c => c.Name != column.Name).Select(c => new ComputedColumn(c.Name, new ColumnExpression(0, c))),
        ];
        items.AddRange(Kept(fields, children, items, column?.Name));
        var key = Key(items, table, children.Count > 0);
        if (children.Count > 0 && key is null)
            return;
        // A name that was bound for the parsed text is this step's own, and is bound again.
        var made =
            from.Element == step
                ? scope.Bind(table, new Project(from, items), step)
                : Define(table, step, "root", new Project(from, items));
        if (made is null)
            return;
        var level = new Level(from, table, fields, key, key is null ? null : new ConcatenationExpression([key.Value]));
        foreach (var child in children)
            BindChild(level, child);
    }

    private ComputedColumn? Key(List<ComputedColumn> items, string table, bool isNeeded)
    {
        if (step["key"] is not { } name)
        {
            if (isNeeded)
                scope.Findings.Add(
                    Rule.MissingAttribute,
                    step.Location,
                    $"the rows of lists refer to their row of '{table}' by its key, but no key is given",
                    "name the column that tells the rows apart: key=\"…\""
                );
            return null;
        }
        var found = items.Find(i => i.Name == name) ?? items.Find(i => i.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (found is null)
            scope.Findings.Add(
                Rule.UnknownColumn,
                step.LocationOf("key"),
                $"the root '{table}' has no column '{name}'",
                NearestName.Hint(name, items.Select(i => i.Name)) ?? BindScope.Known("columns", items.Select(i => i.Name))
            );
        return found;
    }

    private void BindChild(Level parent, (FlattenedField List, Element? Element, string Table) child)
    {
        var kept = new[] { parent.Key!, new ComputedColumn(ParentId, parent.RowId!) };
        var element = new Column(
            ElementColumn,
            ((child.List.Value.Type.Kind == TypeKind.List) ? child.List.Value.Type : child.List.Type).Element
        );
        var unnest = new Unnest(parent.Base, child.List.Value, kept, element, Position);
        if (Define(child.Table, child.Element ?? step, child.Element is null ? "source" : "table", unnest) is not { } rows)
            return;
        var value = new ColumnExpression(0, element);
        IEnumerable<FlattenedField> fields;
        if (element.Type == LogicalType.Json && FlattenedField.IsNested(child.List.Type.Element))
        {
            var shape = FlattenedField.ParsedShape(child.List.Type.Element);
            rows = scope.Bind(child.Table, new ParseJson(rows, ElementColumn, shape), rows.Element);
            fields = FlattenedField.OfParsed(new ColumnExpression(0, rows.Find(ElementColumn)!), child.List.Type.Element);
        }
        else
            fields = FlattenedField.Of(value);
        BindRows(rows, parent.Key!.Name, child, [.. fields]);
    }

    private void BindRows(
        Dataset rows,
        string keyName,
        (FlattenedField List, Element? Element, string Table) child,
        IReadOnlyList<FlattenedField> fields
    )
    {
        var children = child.Element is null && !IsAutomatic ? [] : Children(child.Element ?? step, fields, child.Table);
        if (children is null)
            return;
        var key = new ComputedColumn(keyName, Of(rows, keyName));
        var id = new ConcatenationExpression([
            Of(rows, ParentId),
            new LiteralExpression($"/{string.Join('.', child.List.Path)}/", LogicalType.Varchar),
            Of(rows, Position),
        ]);
        List<ComputedColumn> items = [key, new(Id, id), new(ParentId, Of(rows, ParentId)), new(Position, Of(rows, Position))];
        items.AddRange(Kept(fields, children, items, child.Table));
        scope.Bind(child.Table, new Project(rows, items), rows.Element);
        foreach (var below in children)
            BindChild(new Level(rows, child.Table, fields, key, id), below);
    }

    private static ColumnExpression Of(Dataset rows, string column) => new(0, rows.Find(column)!);

    /// <summary>The fields that stay columns; one whose name is taken gets a prefix.</summary>
    private static ComputedColumn[] Kept(
        IReadOnlyList<FlattenedField> fields,
        IReadOnlyList<(FlattenedField List, Element? Element, string Table)> children,
        List<ComputedColumn> taken,
        string? prefix
    )
    {
        var names = taken.Select(t => t.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return
        [
            .. fields
                .Where(f => children.All(c => c.List != f))
                .Select(f => new ComputedColumn(names.Contains(f.Name) ? $"{prefix}_{f.Name}" : f.Name, f.Value)),
        ];
    }

    /// <summary>The lists that become datasets: those that children of an element name, or all; null when one of them is not there.</summary>
    private List<(FlattenedField List, Element? Element, string Table)>? Children(
        Element element,
        IReadOnlyList<FlattenedField> fields,
        string? table = null
    )
    {
        var lists = fields.Where(f => f.IsList).ToArray();
        if (IsAutomatic)
            return [.. lists.Select(l => (l, (Element?)null, $"{table ?? step["root"] ?? step["source"]}_{l.Name}"))];
        var children = new List<(FlattenedField, Element?, string)>();
        foreach (var child in element.Children)
        {
            if (List(child, fields, lists) is not { } list)
                return null;
            children.Add((list, child, child["table"]!));
        }
        return children;
    }

    private FlattenedField? List(Element child, IReadOnlyList<FlattenedField> fields, IReadOnlyList<FlattenedField> lists)
    {
        var text = child["path"]!;
        if (JsonListPath.Parse(text) is not { } path)
        {
            scope.Findings.Add(
                Rule.BadValue,
                child.LocationOf("path"),
                $"'{text}' is no path of a list",
                "write $.name[*], or $.a.b[*] for a list inside an object; nest <child> for a list inside a list"
            );
            return null;
        }
        var found =
            lists.FirstOrDefault(l => l.Path.SequenceEqual(path))
            ?? lists.FirstOrDefault(l => l.Path.SequenceEqual(path, StringComparer.OrdinalIgnoreCase));
        if (found is not null)
            return found;
        var isThere = fields.Any(f => f.Path.Take(path.Count).SequenceEqual(path, StringComparer.OrdinalIgnoreCase));
        scope.Findings.Add(
            isThere ? Rule.TypeMismatch : Rule.UnknownColumn,
            child.LocationOf("path"),
            isThere ? $"what is at '{text}' is no list" : $"there is nothing at '{text}'",
            NearestName.Hint(text, lists.Select(l => l.JsonPath))
                ?? BindScope.Known("lists", lists.Select(l => l.JsonPath))
                ?? "there is no list here"
        );
        return null;
    }

    /// <summary>Binds a dataset this step makes: a new one, or, for a root without a name, the source's.</summary>
    private Dataset? Define(string table, Element element, string attribute, Operator @operator) =>
        attribute == "root" && !step.Has("root")
            ? scope.Bind(table, @operator, step)
            : scope.DefineNew(table, element.LocationOf(attribute), @operator, element);
}
