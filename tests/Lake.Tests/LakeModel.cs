namespace ServerlessHub.Lake.Tests;

/// <summary>A table as plainly as can be: a list of rows, and what each kind of write does to it, row by row.</summary>
internal sealed class LakeModel
{
    /// <summary>The key below which rows are replaced, or deleted, by condition.</summary>
    public const int Middle = 5;

    public List<ModelRow> Rows { get; private set; } = [];

    public void Delete(string? value) => Rows = [.. Rows.Where(row => row.Value != value || value is null)];

    public void Update(int key, string? value) => Rows = [.. Rows.Select(row => row.Key == key ? row with { Value = value } : row)];

    public void Restore(IReadOnlyList<ModelRow> rows) => Rows = [.. rows];

    public void Apply(ModelWrite write)
    {
        switch (write.Mode)
        {
            case WriteMode.Append:
                Rows = [.. Rows, .. write.Rows];
                break;
            case WriteMode.Overwrite:
                Rows = [.. write.Rows];
                break;
            case WriteMode.OverwritePartitions:
                var written = write.Rows.Select(row => row.Partition).ToHashSet();
                Rows = [.. Rows.Where(row => !written.Contains(row.Partition)), .. write.Rows];
                break;
            case WriteMode.OverwriteWhere:
                Rows = [.. Rows.Where(row => row.Key is not < Middle), .. write.Rows.Where(row => row.Key < Middle)];
                break;
            default:
                Merge(write.Rows);
                break;
        }
    }

    public string[] Text() => [.. Rows.Select(row => row.ToString()).Order(StringComparer.Ordinal)];

    private void Merge(IReadOnlyList<ModelRow> incoming)
    {
        var before = Rows;
        var after = new List<ModelRow>();
        foreach (var row in before)
        {
            var match = incoming.FirstOrDefault(other => other.Key == row.Key);
            if (match is null)
                after.Add(row);
            else if (match.Value != ModelRow.Deletes)
                after.Add(match);
        }
        foreach (var row in incoming.Where(row => row.Value != ModelRow.Deletes && before.TrueForAll(other => other.Key != row.Key)))
            after.Add(row);
        Rows = after;
    }
}

/// <summary>A row of the model; the key may be null, and so may all else.</summary>
internal sealed record ModelRow(int? Key, string? Partition, string? Value)
{
    public const string Deletes = "delete";

    public string Sql => $"({Key?.ToString() ?? "NULL"}::INTEGER, {Literal(Partition)}, {Literal(Value)})";

    public override string ToString() => $"{Key?.ToString() ?? "-"}|{Partition ?? "-"}|{Value ?? "-"}";

    private static string Literal(string? text) => text is null ? "NULL::VARCHAR" : Engine.Sql.Literal(text);
}

/// <summary>A write of the model.</summary>
internal sealed record ModelWrite(WriteMode Mode, IReadOnlyList<ModelRow> Rows)
{
    public string Sql =>
        Rows.Count == 0
            ? "SELECT NULL::INTEGER AS k, NULL::VARCHAR AS p, NULL::VARCHAR AS v WHERE false"
            : $"SELECT * FROM (VALUES {string.Join(", ", Rows.Select(row => row.Sql))}) t(k, p, v)";
}
