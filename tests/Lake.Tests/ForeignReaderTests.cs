using ServerlessHub.Engine;

namespace ServerlessHub.Lake.Tests;

/// <summary>What another implementation does with the lake's tables beside reading all of their rows: it looks for some, and writes.</summary>
public sealed class ForeignReaderTests : IDisposable
{
    private const string Writes = "SETTINGS allow_experimental_delta_lake_writes = 1";

    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    private string Table => ClickHouse.Table(_lake.File("t"));

    [Theory]
    [InlineData("i::TINYINT")]
    [InlineData("(i * 100)::SMALLINT")]
    [InlineData("(i * 1000000)::INTEGER")]
    [InlineData("i * 10000000000")]
    [InlineData("(i * 1.5)::FLOAT")]
    [InlineData("i * 1e100")]
    [InlineData("((i - 4) / 3)::DECIMAL(9, 2)")]
    [InlineData("(i - 4)::DECIMAL(38, 10) * 1234567890123456789")]
    [InlineData("'text ' || chr(64 + i::INTEGER) || repeat('x', i::INTEGER * 10) || 'ä€𝄞'")]
    [InlineData("repeat('𝄞', 31 + i::INTEGER % 3)")]
    [InlineData("DATE '1969-12-28' + i::INTEGER")]
    [InlineData("TIMESTAMP '1969-12-31 23:59:59.999001' + to_microseconds(i * 333)")]
    [InlineData("TIMESTAMPTZ '2000-01-01 00:00:00.000001Z' + to_microseconds(i * 333)")]
    [InlineData("i % 2 = 0")]
    public void Rows_are_found_by_each_value_of_theirs_whatever_files_are_left_out(string value)
    {
        for (var file = 0; file < 3; file++)
            _lake.Write($"SELECT {value} AS v FROM range({file * 3}, {file * 4 + 2}) t(i) UNION ALL SELECT NULL");
        _lake.Write($"SELECT {value} AS v FROM range(9) t(i) WHERE false UNION ALL SELECT NULL");

        var type = ClickHouse.Shared.Run($"SELECT any(toTypeName(v)) FROM {Table}").Trim();
        var values = ClickHouse.Shared.Run($"SELECT DISTINCT toString(v) FROM {Table} WHERE v IS NOT NULL").Trim().Split('\n');
        Assert.True(values.Length > 1);
        foreach (var condition in values.Where((_, i) => i % 2 == 0).SelectMany(Conditions).Append("v IS NULL"))
            Assert.Equal(Count(condition, skipsFiles: false), Count(condition, skipsFiles: true));

        IEnumerable<string> Conditions(string text) =>
            new[] { "=", "<", ">=" }.Select(comparison => $"v {comparison} CAST({ClickHouse.Text(text)} AS {type})");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_another_writer_inserts_is_read_and_changed(bool vectors)
    {
        _lake.Write(
            "SELECT i AS id, 'p' || i % 2 AS p, i * 1.5::DOUBLE AS v FROM range(40) t(i)",
            _lake.Options() with
            {
                PartitionBy = ["p"],
                Properties = new Dictionary<string, string?>
                {
                    ["delta.enableDeletionVectors"] = vectors ? "true" : null,
                    ["delta.checkpointInterval"] = "3",
                },
            }
        );
        for (var round = 1; round <= 3; round++)
        {
            var first = round * 100;
            Insert($"SELECT {first} + number AS id, 'p2' AS p, 0.5 AS v FROM numbers(40)");
            var rows = ClickHouse.Shared.Run($"SELECT count() FROM {Table}").Trim();
            Assert.Equal(rows, _lake.Query($"SELECT count(*) FROM ({Sql()})")[0].Split(' ')[^1].Trim('}'));

            _lake.Delete($"id = {first + 1}");
            _lake.Update(new() { ["v"] = "9.5" }, $"id = {first + 2}");
            _lake.Write(
                $"SELECT {first + 3} AS id, 'p0' AS p, 1.5::DOUBLE AS v UNION ALL SELECT {first + 50}, NULL, NULL",
                _lake.Merge("id")
            );
        }
        using (var turn = _lake.Connect())
            Assert.True(_lake.Table().Optimize(turn, new()).FilesRemoved > 0);
        Assert.Equal(["{'count_star()': 160}"], _lake.Query($"SELECT count(*) FROM ({Sql()})"));
        CheckOnlyRows();
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_when_others_write_at_the_same_time()
    {
        const int Inserts = 15;
        _lake.Write(WriterProcess.RowsSql("first", 0));
        using var append = WriterProcess.Start(_lake.Root, "append", 25, WriteMode.Append);
        using var merge = WriterProcess.Start(_lake.Root, "merge", 10, WriteMode.Merge);
        await append.StandardOutput.ReadLineAsync();
        for (var i = 0; i < Inserts; i++)
            while (
                !TryInsert(
                    $"SELECT concat('other-{i}-', toString(number)) AS id, 'x' AS payload FROM numbers({WriterProcess.RowsPerWrite})"
                )
            ) { }
        foreach (var writer in new[] { append, merge })
        {
            await writer.StandardOutput.ReadToEndAsync();
            await writer.WaitForExitAsync();
            Assert.Equal(0, writer.ExitCode);
        }

        var rows = (1 + 25 + 10 + Inserts) * WriterProcess.RowsPerWrite;
        Assert.Equal(
            [$"{{'rows': {rows}, 'ids': {rows}}}"],
            _lake.Query($"SELECT count(*) AS rows, count(DISTINCT id) AS ids FROM ({Sql()})")
        );
        CheckOnlyRows();
    }

    private string Sql() => _lake.Table().TryRead()!.Scan(_lake.Connection).Sql;

    private string Count(string condition, bool skipsFiles) =>
        ClickHouse.Shared.Run(
            $"SELECT count() FROM {Table} WHERE {condition} SETTINGS delta_lake_enable_engine_predicate = {(skipsFiles ? 1 : 0)}"
        );

    private void Insert(string select) => ClickHouse.Shared.Run($"INSERT INTO FUNCTION {Table} {select} {Writes}");

    /// <summary>Another writer may be faster, which ClickHouse says and does not try again.</summary>
    private bool TryInsert(string select)
    {
        try
        {
            Insert(select);
            return true;
        }
        catch (InvalidOperationException e) when (e.Message.Contains("onflict", StringComparison.Ordinal))
        {
            return false;
        }
    }

    /// <summary>The commits of another writer are not for us to judge.</summary>
    private void CheckOnlyRows()
    {
        _lake.IsDamaged = true;
        ForeignReader.CheckAll(_lake.Root, _lake.Connection);
    }
}
