using ServerlessHub.Lake.Log;

namespace ServerlessHub.Lake.Tests;

/// <summary>Checkpoints of the protocol's second kind, and statistics in checkpoints; each is checked when a test ends.</summary>
public sealed class CheckpointPolicyTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void A_table_with_the_policy_gets_checkpoints_of_the_second_kind_and_now_and_then_one_that_old_clients_find()
    {
        Write(20, ("delta.checkpointPolicy", "v2"));

        var names = Checkpoints();
        Assert.Equal(10, names.Count);
        Assert.Equal(["00000000000000000020.checkpoint.parquet"], names.Where(name => name.Split('.').Length == 3));
        Assert.Contains(
            $"\"path\":\"{names[^1]}\"",
            File.ReadAllText(_lake.File("t/_delta_log/_last_checkpoint")),
            StringComparison.Ordinal
        );
        foreach (var version in Enumerable.Range(0, 20))
            File.Move(_lake.Commit(version), $"{_lake.Commit(version)}.kept");
        Assert.Equal(21, _lake.Rows().Length);
        File.Delete(_lake.File($"t/_delta_log/{names[^1]}"));
        File.Move($"{_lake.Commit(19)}.kept", _lake.Commit(19));
        Assert.Equal(21, _lake.Rows().Length);
        Assert.Equal(1, _lake.Table().TryRead()!.TransactionVersion("run-3"));
        _lake.IsDamaged = true;
    }

    [Fact]
    public void Many_files_go_into_sidecars_which_are_read_and_go_when_no_checkpoint_names_them()
    {
        Write(4, ("delta.checkpointPolicy", "v2"), ("delta.logRetentionDuration", "interval 10 days"));
        var checkpointing = new Checkpointing(_lake.Storage, "t", TimeProvider.System) { MaxSidecarActions = 2 };
        checkpointing.Write(3);
        var rows = _lake.Rows();
        LogChecker.CheckAll(_lake.Root, _lake.Connection);
        var sidecars = Directory.GetFiles(_lake.File("t/_delta_log/_sidecars"));
        Assert.Equal(2, sidecars.Length);
        _lake.IsDamaged = true;
        File.WriteAllText(_lake.File("t/_delta_log/_sidecars/nobody.parquet"), "x");
        File.WriteAllText(_lake.File("t/_delta_log/_sidecars/young.parquet"), "x");

        Age([.. sidecars, _lake.File("t/_delta_log/_sidecars/nobody.parquet"), _lake.File("t/_delta_log/_last_checkpoint")]);
        var unused = _lake.Table().FindUnusedFiles(new()).Select(file => file.Path);
        Assert.Equal(["t/_delta_log/_sidecars/nobody.parquet"], unused);
        _lake.Write("SELECT 9 AS id");
        _lake.Write("SELECT 9 AS id");
        Assert.Equal(
            sidecars.Append(_lake.File("t/_delta_log/_sidecars/young.parquet")).Order(),
            Directory.GetFiles(_lake.File("t/_delta_log/_sidecars")).Order()
        );
        Assert.Equal(rows, _lake.Rows(4));

        Age(Directory.GetFiles(_lake.File("t/_delta_log")));
        _lake.Write("SELECT 9 AS id");
        _lake.Write("SELECT 9 AS id");
        Assert.Equal([_lake.File("t/_delta_log/_sidecars/young.parquet")], Directory.GetFiles(_lake.File("t/_delta_log/_sidecars")));
        Assert.Equal(9, _lake.Rows().Length);
    }

    [Fact]
    public void Sidecars_stay_while_a_checkpoint_that_may_name_them_cannot_be_read()
    {
        Write(2, ("delta.checkpointPolicy", "v2"));
        new Checkpointing(_lake.Storage, "t", TimeProvider.System) { MaxSidecarActions = 1 }.Write(2);
        _lake.IsDamaged = true;
        foreach (var checkpoint in Checkpoints())
            File.WriteAllText(_lake.File($"t/_delta_log/{checkpoint}"), "this is no Parquet");
        Age(Directory.GetFiles(_lake.File("t/_delta_log/_sidecars")));

        var error = Assert.Throws<LakeException>(() => _lake.Table().Vacuum(new()));
        Assert.Contains("sidecar files", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, Directory.GetFiles(_lake.File("t/_delta_log/_sidecars")).Length);
        Assert.Equal(3, _lake.Rows().Length);
    }

    [Theory]
    [InlineData("true", "false")]
    [InlineData("true", "true")]
    [InlineData("false", "false")]
    public void Statistics_are_in_a_checkpoint_as_the_table_says(string typed, string asText)
    {
        _lake.Write(
            """
            SELECT i AS id, {'a': i / 2, 'b': 'text ' || i} AS s, DATE '2024-01-01' + i::INTEGER AS d, TIMESTAMPTZ '2024-01-01 10:00:00+00' AS t,
                i * 1.25::DECIMAL(10, 2) AS n, i % 2 = 0 AS f, [i] AS l, CASE i % 3 WHEN 0 THEN NULL ELSE i % 3 END AS p, i % 2 AS q FROM range(12) r(i)
            """,
            _lake.Options() with
            {
                PartitionBy = ["p", "q"],
                Properties = new Dictionary<string, string?>
                {
                    ["delta.checkpoint.writeStatsAsStruct"] = typed,
                    ["delta.checkpoint.writeStatsAsJson"] = asText,
                    ["delta.columnMapping.mode"] = "name",
                },
            }
        );
        var pruned = Pruned();
        Assert.InRange(pruned, 1, 5);
        new Checkpointing(_lake.Storage, "t", TimeProvider.System).Write(0);
        LogChecker.CheckAll(_lake.Root, _lake.Connection);
        File.WriteAllText(_lake.Commit(0), "");
        _lake.IsDamaged = true;

        Assert.Equal(12, _lake.Rows().Length);
        Assert.Equal(typed == "false" && asText == "false" ? 6 : pruned, Pruned());
    }

    private int Pruned() => _lake.Table().TryRead()!.Matching([new("d", "2024-01-11", null), new("id", "5", null)]).Count;

    private void Write(int last, params (string Name, string Value)[] properties)
    {
        var options = _lake.Options() with
        {
            Properties = properties
                .Append(("delta.checkpointInterval", "2"))
                .ToDictionary(property => property.Item1, property => (string?)property.Item2),
        };
        for (var version = 0; version <= last; version++)
            _lake.Write($"SELECT {version} AS id", version == 0 ? options : null);
    }

    private List<string> Checkpoints() =>
        [
            .. Directory
                .GetFiles(_lake.File("t/_delta_log"), "*.checkpoint.*")
                .Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal),
        ];

    private static void Age(IEnumerable<string> files)
    {
        foreach (var file in files)
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-20));
    }
}
