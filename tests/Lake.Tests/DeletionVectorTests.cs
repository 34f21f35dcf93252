using System.Text.Json.Nodes;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Log;
using ServerlessHub.Lake.Reading;

namespace ServerlessHub.Lake.Tests;

public sealed class DeletionVectorTests : IDisposable
{
    private const int Rows = 200_000;
    private static readonly string Schema = ForeignTable.Field("id", "long");
    private readonly TestLake _lake = new();
    private readonly ForeignTable _table;

    public DeletionVectorTests()
    {
        _table = new(_lake);
        _table.Data("a.parquet", $"SELECT range AS id FROM range({Rows})", ", ROW_GROUP_SIZE 50000");
        _table.Data("b.parquet", "SELECT range + 1000000 AS id FROM range(10)");
    }

    public void Dispose() => _lake.Dispose();

    public static TheoryData<string, long[]> Sets =>
        new()
        {
            { "few", [3, 4, 7, 11, 18, 29] },
            { "the last of a block and the first of the next", [65535, 65536, 131071, 131072, Rows - 1] },
            { "half of a block", [.. Enumerable.Range(0, 65536).Where(row => row % 2 == 0).Select(row => (long)row)] },
            { "some in five blocks", [.. Enumerable.Range(0, Rows).Where(row => row % 997 < 3).Select(row => (long)row)] },
            { "a row that is not there, beyond 32 bits", [5, 1L << 33] },
        };

    [Theory]
    [MemberData(nameof(Sets))]
    public void Rows_that_a_vector_deletes_are_not_there_however_it_is_written(string what, long[] rows)
    {
        var expected = Rows + 10 - rows.Count(row => row < Rows);
        byte[][] sets =
        [
            RoaringBytes.Portable(false, rows),
            .. rows.Length < 5000 ? [RoaringBytes.Portable(true, rows)] : Array.Empty<byte[]>(),
            .. rows[^1] < Rows ? [RoaringBytes.Native(rows)] : Array.Empty<byte[]>(),
        ];
        foreach (var set in sets)
        {
            var stored = _table.Stored("ab", (RoaringBytes.Portable(false, 1, 2, 3), 3), (set, rows.Length));
            foreach (var vector in new[] { ForeignTable.Inline(set, rows.Length), stored[1], Absolute(stored[1]) })
            {
                Create(vector);

                Assert.True(expected == Count(), $"{what}: {Count()} rows");
                using var scan = _lake.Table().TryRead()!.Scan(_lake.Connection);
                var deleted = string.Join(", ", rows);
                Assert.Empty(_lake.Query($"SELECT id FROM ({scan.Sql}) WHERE id IN ({deleted})"));
                Assert.Equal(Rows + 10 - rows.Length, _lake.Table().TryRead()!.Rows);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Of_any_range_of_rows_those_in_a_set_are_marked(string what, long[] rows)
    {
        var expected = rows.ToHashSet();
        (long First, int Count)[] ranges = [(0, 1), (0, 2048), (3, 5), (65_000, 2048), (65_536, 70_000), (131_072, 1), (Rows - 1, 3)];
        foreach (var (first, count) in ranges)
        {
            foreach (var withRuns in rows.Length < 5000 ? new[] { false, true } : [false])
            {
                var marks = new bool[count];
                RowSet.Parse(RoaringBytes.Portable(withRuns, rows)).Mark(first, marks, true);

                Assert.True(
                    Enumerable.Range(0, count).All(index => marks[index] == expected.Contains(first + index)),
                    $"{what}: {count} rows from {first} on"
                );
            }
        }
    }

    [Fact]
    public void Rows_are_of_their_own_file_when_a_condition_leaves_files_out()
    {
        _table.Commit(
            ForeignTable.Protocol("deletionVectors"),
            ForeignTable.Metadata(Schema),
            ForeignTable.Add("a.parquet", Rows, ForeignTable.Inline(RoaringBytes.Portable(false, 1), 1)),
            ForeignTable.Add("b.parquet", 10, ForeignTable.Inline(RoaringBytes.Portable(false, 0, 9), 2))
        );
        var snapshot = _lake.Table().TryRead()!;

        using var scan = snapshot.Scan(_lake.Connection, snapshot.Files, columns: null, "file", "row");
        Assert.Equal(
            Enumerable.Range(1, 8).Select(row => $"{{'id': {1_000_000 + row}, 'row': {row}}}"),
            _lake.Query($"SELECT id, \"row\" FROM ({scan.Sql}) WHERE file LIKE '%b.parquet' ORDER BY ALL")
        );
    }

    [Fact]
    public void A_row_is_found_by_its_number_when_a_condition_skips_whole_row_groups()
    {
        Create(ForeignTable.Inline(RoaringBytes.Portable(false, 150_001, 150_003), 2));

        using var scan = _lake.Table().TryRead()!.Scan(_lake.Connection);
        Assert.Equal(
            ["{'id': 150000}", "{'id': 150002}", "{'id': 150004}"],
            _lake.Query($"SELECT id FROM ({scan.Sql}) WHERE id BETWEEN 150000 AND 150004 ORDER BY id")
        );
    }

    [Fact]
    public void The_same_file_with_another_vector_is_another_file()
    {
        var first = ForeignTable.Inline(RoaringBytes.Portable(false, 1), 1);
        var second = ForeignTable.Inline(RoaringBytes.Portable(false, 1, 2), 2);
        _table.Commit(ForeignTable.Protocol("deletionVectors"), ForeignTable.Metadata(Schema), ForeignTable.Add("b.parquet", 10));
        _table.Commit(ForeignTable.Add("b.parquet", 10, first), ForeignTable.Remove("b.parquet"));
        _table.Commit(ForeignTable.Remove("b.parquet", (JsonObject)first.DeepClone()), ForeignTable.Add("b.parquet", 10, second));

        Assert.Equal([10, 9, 8], new long[] { 0, 1, 2 }.Select(version => _lake.Rows(version).Length));
        Assert.Equal([10L, 9L, 8L], new long[] { 0, 1, 2 }.Select(version => _lake.Table().TryRead(version)!.Rows));
        Assert.Equal(
            3,
            new long[] { 0, 1, 2 }
                .Select(version => _lake.Table().TryRead(version)!.Files.Single().Identity)
                .Distinct()
                .Count()
        );
        new Checkpointing(_lake.Storage, "t", TimeProvider.System).Write(2);
        Assert.Equal(8, _lake.Rows().Length);
    }

    [Fact]
    public void A_database_that_is_closed_in_reads_a_table_with_deleted_rows()
    {
        Create(_table.Stored("", (RoaringBytes.Portable(false, 0, 1), 2))[0]);
        var snapshot = _lake.Table().TryRead()!;
        using var database = Database.Open();
        database.Seal([], snapshot.DataFilePaths);
        using var connection = database.Connect();

        using var scan = snapshot.Scan(connection);
        using var other = database.Connect();
        using var again = snapshot.Scan(other);
        using var result = connection.Query($"SELECT (SELECT count(*) FROM ({scan.Sql})) + (SELECT count(*) FROM ({again.Sql}))");
        Assert.Equal(2L * (Rows + 8), result.Scalar<long>());
    }

    [Fact]
    public void A_file_whose_path_is_a_pattern_is_told_by_its_path()
    {
        var table = new ForeignTable(_lake, "with [brackets], * and spaces");
        table.Data("p=a?b/1%.parquet", "SELECT range AS id FROM range(3)");
        table.Data("p=axb/1%.parquet", "SELECT range + 10 AS id FROM range(3)");
        table.Commit(
            ForeignTable.Protocol("deletionVectors"),
            ForeignTable.Metadata(Schema),
            ForeignTable.Add("p=a%3Fb/1%25.parquet", 3, ForeignTable.Inline(RoaringBytes.Portable(false, 1), 1)),
            ForeignTable.Add("p=axb/1%25.parquet", 3, table.Stored("", (RoaringBytes.Portable(false, 0, 2), 2))[0])
        );

        Assert.Equal(["{'id': 0}", "{'id': 2}", "{'id': 11}"], _lake.Rows(path: "with [brackets], * and spaces"));
    }

    [Fact]
    public void A_scan_that_was_closed_does_not_give_deleted_rows()
    {
        Create(ForeignTable.Inline(RoaringBytes.Portable(false, 0), 1));
        var scan = _lake.Table().TryRead()!.Scan(_lake.Connection);
        scan.Dispose();

        Assert.Throws<EngineException>(() => _lake.Query(scan.Sql));
    }

    [Fact]
    public void A_table_whose_columns_have_the_names_that_the_engine_gives_to_its_own_is_read()
    {
        var columns = new[] { "filename", "file_row_number", "FILE_INDEX", "rowid" };
        _table.Data("c.parquet", $"SELECT {string.Join(", ", columns.Select(name => $"range AS \"{name}\""))} FROM range(3)");
        _table.Commit(
            ForeignTable.Protocol("deletionVectors"),
            ForeignTable.Metadata(string.Join(",", columns.Select(name => ForeignTable.Field(name, "long")))),
            ForeignTable.Add("c.parquet", 3, ForeignTable.Inline(RoaringBytes.Portable(false, 1), 1))
        );

        Assert.Equal(
            new[] { 0, 2 }.Select(n => $"{{'filename': {n}, 'file_row_number': {n}, 'FILE_INDEX': {n}, 'rowid': {n}}}"),
            _lake.Rows()
        );
    }

    [Theory]
    [InlineData("cardinality", "the log says 9")]
    [InlineData("sizeInBytes", "the log says 9")]
    [InlineData("offset", "ends before it does")]
    public void A_vector_that_is_not_what_the_log_says_is_named(string key, string hint)
    {
        var vector = _table.Stored("", (RoaringBytes.Portable(false, 1, 2), 2))[0];
        vector[key] = 9;
        Create(vector);

        var error = Refusal();
        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("deletion_vector_", error.File, StringComparison.Ordinal);
        Assert.Equal(0, error.Version);
    }

    [Theory]
    [InlineData(1, "ends before")]
    [InlineData(0, "gone")]
    [InlineData(-1, "checksum")]
    [InlineData(-2, "not of format 1")]
    public void A_vectors_file_that_is_damaged_is_named(int damage, string hint)
    {
        Create(_table.Stored("", (RoaringBytes.Portable(false, 1, 2), 2))[0]);
        var path = Directory.GetFiles(_table.Folder, "deletion_vector_*").Single();
        var bytes = File.ReadAllBytes(path);
        if (damage == 0)
            File.Delete(path);
        else if (damage == 1)
            File.WriteAllBytes(path, bytes[..^1]);
        else
        {
            bytes[damage == -1 ? 30 : 0] ^= 2;
            File.WriteAllBytes(path, bytes);
        }

        Assert.Contains(hint, Refusal().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00000000", "begins with 0")]
    [InlineData("D1D33964", "ends too early")]
    [InlineData("D1D33964010000000000000000000000AAAAAAAA", "which is none")]
    [InlineData("D1D3396400000000000000000000", "left over")]
    [InlineData("D1D339640100000000000000FFFFFFFF", "negative")]
    public void Bytes_that_are_no_set_are_refused(string hex, string hint)
    {
        var error = Assert.Throws<FormatException>(() => RowSet.Parse(Convert.FromHexString(hex)));
        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_protocols_own_examples_are_read()
    {
        var vector = new DeletionVector
        {
            StorageType = "i",
            PathOrInlineDv = "wi5b=000010000siXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L",
            SizeInBytes = 40,
            Cardinality = 6,
        };
        var bits = new ulong[RowSet.BlockWords];
        DeletionVectorFile.Read(_lake.Storage, "t", 0, vector).Spread(0, bits);

        Assert.Equal([3, 4, 7, 11, 18, 29], Enumerable.Range(0, 64).Where(row => (bits[0] >> row & 1) == 1));
        Assert.Equal(
            "ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin",
            (vector with { StorageType = "u", PathOrInlineDv = "ab^-aqEH.-t@S}K{vb[*k^" }).File
        );
    }

    private JsonObject Absolute(JsonObject stored)
    {
        var vector = (JsonObject)stored.DeepClone();
        vector["storageType"] = "p";
        var name = new Guid(Z85.Decode(vector["pathOrInlineDv"]!.ToString().AsSpan()[^20..]), bigEndian: true);
        vector["pathOrInlineDv"] = $"file://{_table.Folder}/ab/deletion_vector_{name}.bin";
        return vector;
    }

    private void Create(JsonObject vector)
    {
        var log = _lake.Commit(0);
        File.Delete(log);
        new ForeignTable(_lake).Commit(
            ForeignTable.Protocol("deletionVectors"),
            ForeignTable.Metadata(Schema),
            ForeignTable.Add("a.parquet", Rows, (JsonObject)vector.DeepClone()),
            ForeignTable.Add("b.parquet", 10)
        );
    }

    private long Count()
    {
        using var scan = _lake.Table().TryRead()!.Scan(_lake.Connection);
        using var result = _lake.Connection.Query($"SELECT count(*) FROM ({scan.Sql})");
        return result.Scalar<long>();
    }

    private LakeException Refusal()
    {
        var error = Assert.Throws<EngineException>(() => _lake.Rows());
        return Assert.IsType<LakeException>(error.InnerException);
    }
}
