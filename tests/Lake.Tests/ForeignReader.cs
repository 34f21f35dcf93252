using System.Buffers;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Schema;
using ServerlessHub.Lake.Storage;

namespace ServerlessHub.Lake.Tests;

/// <summary>Holds what the lake reads of its tables against what <see cref="ClickHouse"/> reads of them: the same rows at each version.</summary>
internal sealed class ForeignReader(string root, Connection connection)
{
    /// <summary>Of tables with more versions, these many of the newest are read.</summary>
    private const int Versions = 6;

    /// <summary>ClickHouse has four centuries of days, and refuses others.</summary>
    private const string OtherDays = "out of allowed Date32 range";

    /// <summary>It takes a folder for an address, and finds none that has one of these in its name.</summary>
    private static readonly SearchValues<char> InAddresses = SearchValues.Create("%?#");

    public static void CheckAll(string root, Connection connection)
    {
        foreach (var log in Directory.EnumerateDirectories(root, "_delta_log", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(root, Path.GetDirectoryName(log)!);
            if (!path.AsSpan().ContainsAny(InAddresses))
                new ForeignReader(root, connection).Check(path);
        }
    }

    /// <summary>Compares the newest versions of a table that are whole.</summary>
    private void Check(string path)
    {
        var table = new DeltaTable(new LocalStorage(root), path);
        if (table.TryRead() is not { } newest)
            return;
        CheckRows(path, newest);
        for (var version = newest.Version - 1; version >= Math.Max(0, newest.Version - Versions); version--)
        {
            // What was deleted after its retention is there for nobody.
            if (!File.Exists(Path.Combine(root, path, "_delta_log", $"{version:D20}.json")))
                return;
            var older = table.TryRead(version)!;
            if (older.CheckFiles().Count == 0)
                CheckRows(path, older);
        }
    }

    private void CheckRows(string path, Snapshot snapshot)
    {
        using var scan = snapshot.Scan(connection);
        Check(path, snapshot, scan.Sql, $"delta_lake_snapshot_version = {snapshot.Version}");
    }

    /// <summary>Compares the change feed from one version to another.</summary>
    public void CheckChanges(string path, long from, long to)
    {
        var table = new DeltaTable(new LocalStorage(root), path);
        using var changes = table.Changes(connection, from, to);
        Check(
            path,
            table.TryRead(to)!,
            changes.Sql,
            $"delta_lake_snapshot_start_version = {from}, delta_lake_snapshot_end_version = {to}",
            ("_change_type", DeltaType.String),
            ("_commit_version", DeltaType.Long),
            ("_commit_timestamp", DeltaType.Timestamp)
        );
    }

    private void Check(string path, Snapshot snapshot, string sql, string settings, params (string Name, DeltaType Type)[] additional)
    {
        var export = Path.Combine(root, $"{Guid.NewGuid():N}.parquet");
        (string Name, DeltaType Type)[] columns = [.. snapshot.Schema.Fields.Select(field => (field.Name, field.Type)), .. additional];
        var isMapped = snapshot.Properties.GetValueOrDefault("delta.columnMapping.mode") is not (null or "none");
        try
        {
            ClickHouse.Shared.Run(
                $"""
                SELECT * FROM {ClickHouse.Table(Path.Combine(root, path))} INTO OUTFILE {ClickHouse.Text(export)} FORMAT Parquet
                SETTINGS {settings}, output_format_parquet_string_as_string = 0
                """
            );
            var ours = $"SELECT {List(isOurs: true)} FROM ({sql})";
            var theirs = $"SELECT {List(isOurs: false)} FROM read_parquet({Sql.Literal(export)})";
            Assert.Equal($"{path}, {settings}{Rows(ours, theirs)}", $"{path}, {settings}{Rows(theirs, ours)}");
        }
        catch (InvalidOperationException e) when (e.Message.Contains(OtherDays, StringComparison.Ordinal)) { }
        finally
        {
            File.Delete(export);
        }

        string List(bool isOurs)
        {
            var form = new CommonForm(isOurs, isMapped);
            return string.Join(", ", columns.Select((column, i) => $"{form.Of(column.Type, Sql.Identifier(column.Name))} AS c{i}"));
        }
    }

    /// <summary>The first rows that are in one query and not in another.</summary>
    private string Rows(string first, string second)
    {
        using var result = connection.Query($"SELECT CAST(r AS VARCHAR) FROM (({first}) EXCEPT ALL ({second})) AS r ORDER BY ALL LIMIT 5");
        return string.Concat(result.Rows().Select(row => $"\n{row[0]}"));
    }

    /// <summary>
    /// Values in a form that both readers have. ClickHouse keeps texts as bytes, and has no lists, maps and structs that are null: theirs are
    /// empty, or have null fields, or zeros if the fields must not be null. Structs inside of lists and maps it does not find in tables that
    /// map columns, whoever wrote them.
    /// </summary>
    private sealed class CommonForm(bool isOurs, bool isMapped)
    {
        private int _depth;

        public string Of(DeltaType type, string value) =>
            type switch
            {
                PrimitiveType { Name: "string" } => isOurs ? $"encode({value})" : value,
                PrimitiveType { Name: "timestamp" or "timestamp_ntz" } => $"epoch_us({value})",
                ArrayType { Element: StructType } or MapType { Value: StructType } when isMapped => "NULL",
                ArrayType array => Each($"coalesce({value}, [])", item => Of(array.Element, item)),
                MapType map => Each(
                    $"coalesce(map_entries({value}), [])",
                    entry => $"{{'k': {Of(map.Key, $"{entry}.key")}, 'v': {Of(map.Value, $"{entry}.value")}}}"
                ),
                StructType composite => $"{{{string.Join(", ", composite.Fields.Select((field, i) => $"'f{i}': {Field(value, field)}"))}}}",
                _ => $"CAST({value} AS {TypeMapping.ToEngine(type)})",
            };

        private string Field(string value, SchemaField field) =>
            field.Nullable ? Of(field.Type, $"{value}.{Sql.Identifier(field.Name)}") : "NULL";

        private string Each(string list, Func<string, string> of)
        {
            var item = $"item{_depth++}";
            return $"list_transform({list}, {item} -> {of(item)})";
        }
    }
}
