namespace ServerlessHub.Lake.Tests;

public sealed class BrokenLogTests : IDisposable
{
    private readonly TestLake _lake = new();

    public BrokenLogTests()
    {
        for (var i = 0; i < 4; i++)
            _lake.Write($"SELECT {i} AS id");
        _lake.IsDamaged = true;
    }

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void A_missing_commit_is_named()
    {
        File.Delete(_lake.Commit(2));

        var error = Refusal();
        Assert.Equal((2, "_delta_log/00000000000000000002.json"), (error.Version, error.File));
        Assert.Equal(2, _lake.Rows(version: 1).Length);
    }

    [Fact]
    public void A_missing_first_commit_is_named()
    {
        File.Delete(_lake.Commit(0));

        Assert.Equal(0, Refusal().Version);
    }

    [Theory]
    [InlineData("{\"add\":{\"path\":\"x\",\"partit")]
    [InlineData("no JSON")]
    [InlineData("[]")]
    [InlineData("{\"add\":{\"size\":3}}")]
    [InlineData("{\"add\":{\"path\":7,\"size\":3}}")]
    [InlineData("\0\0\0\0")]
    public void A_damaged_line_is_named(string line)
    {
        File.AppendAllText(_lake.Commit(3), line);

        var error = Refusal();
        Assert.Equal((3, "_delta_log/00000000000000000003.json"), (error.Version, error.File));
        Assert.Contains("line 4 ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "")]
    [InlineData(3, "")]
    [InlineData(3, "\n")]
    public void A_commit_without_any_action_is_named(long version, string content)
    {
        File.WriteAllText(_lake.Commit(version), content);

        var error = Refusal();
        Assert.Equal((version, $"_delta_log/{version:D20}.json"), (error.Version, error.File));
        Assert.Contains("empty", error.Message, StringComparison.Ordinal);
        Assert.Equal(version, Assert.Throws<LakeException>(() => _lake.Write("SELECT 9 AS id")).Version);
    }

    [Fact]
    public void A_hint_to_a_checkpoint_that_was_never_there_hinders_nobody()
    {
        File.WriteAllText(_lake.File("t/_delta_log/_last_checkpoint"), """{"version":77,"size":3}""");

        _lake.Write("SELECT 9 AS id");
        _lake.Table().Optimize(_lake.Connection, new Maintenance.OptimizeOptions());

        Assert.Equal(["{'id': 0}", "{'id': 1}", "{'id': 2}", "{'id': 3}", "{'id': 9}"], _lake.Rows());
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("short")]
    [InlineData("other")]
    public void A_data_file_that_is_not_what_it_was_is_named_by_who_needs_it(string damage)
    {
        var file = Directory.GetFiles(_lake.File("t"), "*.parquet")[0];
        var size = new FileInfo(file).Length;
        if (damage == "gone")
            File.Delete(file);
        else
            File.WriteAllBytes(file, new byte[damage == "short" ? size - 1 : size]);
        var before = Directory.GetFiles(_lake.File("t"), "*", SearchOption.AllDirectories).Order();

        foreach (
            var use in new Action[]
            {
                () => _lake.Write("SELECT CAST(i AS INTEGER) AS id FROM range(4) t(i)", _lake.Merge("id")),
                () => _lake.Delete("id % 7 < 5"),
                () => _lake.Table().Optimize(_lake.Connection, new Maintenance.OptimizeOptions()),
                () =>
                {
                    using var scan = _lake.Table().TryRead()!.Scan(_lake.Connection);
                    scan.Read(() => _lake.Query(scan.Sql));
                },
            }
        )
        {
            var error = Assert.Throws<LakeException>(use);
            Assert.Equal(("t", 3, Path.GetFileName(file)), (error.Table, error.Version, error.File));
        }
        Assert.Equal(before, Directory.GetFiles(_lake.File("t"), "*", SearchOption.AllDirectories).Order());
    }

    [Fact]
    public void An_empty_line_an_unknown_action_and_an_unknown_field_mean_nothing()
    {
        File.AppendAllText(
            _lake.Commit(3),
            "\r\n{\"newAction\":{\"a\":1}}\r\n{\"txn\":{\"appId\":\"x\",\"version\":7,\"newField\":[1]}}\n\n"
        );

        Assert.Equal(4, _lake.Rows().Length);
        Assert.Equal(7, _lake.Table().TryRead()!.TransactionVersion("x"));
    }

    [Fact]
    public void What_another_writer_leaves_out_or_writes_as_null_means_nothing()
    {
        Replace(0, "\"partitionColumns\":[],", "\"partitionColumns\":null,\"name\":null,");
        Replace(3, "\"dataChange\":true", "\"dataChange\":null,\"tags\":null,\"deletionVector\":null");
        Replace(3, "\"partitionValues\":{},", "");
        File.AppendAllText(
            _lake.Commit(3),
            "{\"add\":null,\"domainMetadata\":{\"domain\":\"d\",\"configuration\":\"c\",\"removed\":null}}"
        );

        Assert.Equal(4, _lake.Rows().Length);
        Assert.Empty(_lake.Table().TryRead()!.PartitionColumns);
    }

    [Fact]
    public void A_table_without_a_schema_is_said_to_have_none()
    {
        var lines = File.ReadAllLines(_lake.Commit(0))
            .Select(line =>
                line.StartsWith("{\"metaData\"", StringComparison.Ordinal) ? """{"metaData":{"id":"x","partitionColumns":[]}}""" : line
            );
        File.WriteAllLines(_lake.Commit(0), lines);

        Assert.Contains("no schema", Refusal().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not a schema", "schema")]
    [InlineData("{}", "type")]
    [InlineData("{\\\"type\\\":\\\"array\\\",\\\"elementType\\\":\\\"long\\\",\\\"containsNull\\\":true}", "struct")]
    [InlineData("{\\\"type\\\":\\\"struct\\\",\\\"fields\\\":[{\\\"name\\\":\\\"geo\\\",\\\"type\\\":\\\"geography\\\"}]}", "geography")]
    [InlineData("{\\\"type\\\":\\\"struct\\\",\\\"fields\\\":[{\\\"name\\\":\\\"v\\\",\\\"type\\\":\\\"variant\\\"}]}", "variant")]
    [InlineData(
        "{\\\"type\\\":\\\"struct\\\",\\\"fields\\\":[{\\\"name\\\":\\\"d\\\",\\\"type\\\":\\\"decimal(39,0)\\\"}]}",
        "decimal(39,0)"
    )]
    [InlineData("{\\\"type\\\":\\\"struct\\\",\\\"fields\\\":[{\\\"type\\\":\\\"long\\\"}]}", "name")]
    public void A_schema_that_does_not_parse_is_said_to(string schema, string hint)
    {
        var lines = File.ReadAllLines(_lake.Commit(0))
            .Select(line =>
                line.StartsWith("{\"metaData\"", StringComparison.Ordinal)
                    ? $"{{\"metaData\":{{\"id\":\"x\",\"schemaString\":\"{schema}\",\"partitionColumns\":[]}}}}"
                    : line
            );
        File.WriteAllLines(_lake.Commit(0), lines);

        Assert.Contains(hint, Refusal().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_without_protocol_or_metadata_is_no_table()
    {
        File.WriteAllText(_lake.Commit(0), "{\"commitInfo\":{}}\n");

        Assert.Contains("protocol", Refusal().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_log_is_no_table()
    {
        Directory.CreateDirectory(_lake.File("empty/_delta_log"));

        Assert.Null(_lake.Table("empty").TryRead());
        Assert.Null(_lake.Table("nowhere").TryRead());
        Assert.Throws<LakeException>(() => _lake.Table("empty").History());
        Assert.Equal(["t"], DeltaTable.FindTables(_lake.Storage, ""));
    }

    [Fact]
    public void Versions_that_are_not_there_are_refused()
    {
        Assert.Contains(
            "no version 9; the newest is 3",
            Assert.Throws<LakeException>(() => _lake.Table().TryRead(9)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentOutOfRangeException>(() => _lake.Table().TryRead(-1));
        var error = Assert.Throws<LakeException>(() => _lake.Table().TryRead(timestamp: DateTimeOffset.UnixEpoch));
        Assert.Contains("the oldest one that can be read is 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_finds_the_version_that_was_there_even_if_the_clock_went_back()
    {
        var start = new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        foreach (var (version, minutes) in new[] { (0, 0), (1, 10), (2, -60), (3, 20) })
            File.SetLastWriteTimeUtc(_lake.Commit(version), start.AddMinutes(minutes));

        Assert.Equal(
            [0, 0, 2, 2, 3],
            new[] { 0, 9, 11, 19, 20 }.Select(minutes => _lake.Table().TryRead(timestamp: start.AddMinutes(minutes))!.Version)
        );
    }

    [Theory]
    [InlineData(
        "3, \"minWriterVersion\":7, \"readerFeatures\":[\"timeTravelAgent\"], \"writerFeatures\":[\"timeTravelAgent\"]",
        "timeTravelAgent"
    )]
    [InlineData("4, \"minWriterVersion\":7", "reader version 4")]
    public void A_reader_feature_that_is_unknown_is_refused_by_name(string protocol, string name)
    {
        SetProtocol(protocol);

        Assert.Contains(name, Refusal().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "1, \"minWriterVersion\":7, \"writerFeatures\":[\"appendOnly\", \"icebergCompatV1\", \"icebergCompatV2\"]",
        "icebergCompatV1, icebergCompatV2"
    )]
    [InlineData("1, \"minWriterVersion\":8", "writer version 8")]
    public void A_writer_feature_that_is_unknown_is_refused_by_name_and_the_table_can_still_be_read(string protocol, string name)
    {
        SetProtocol(protocol);

        Assert.Equal(4, _lake.Rows().Length);
        Assert.Contains(name, Assert.Throws<LakeException>(() => _lake.Write("SELECT 9 AS id")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"delta.appendOnly\":\"true\"", "delta.appendOnly", WriteMode.Overwrite)]
    public void A_property_that_a_write_would_violate_is_refused_by_name(string property, string name, WriteMode mode)
    {
        Replace(0, "\"configuration\":{}", $"\"configuration\":{{{property}}}");

        Assert.Contains(
            name,
            Assert.Throws<LakeException>(() => _lake.Write("SELECT 9 AS id", _lake.Options(mode) with { Keys = ["id"] })).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("\"add\":{\"path\":\"", "\"add\":{\"path\":\"../other/", "outside")]
    [InlineData("\"add\":{\"path\":\"", "\"add\":{\"path\":\"/etc/", "outside")]
    [InlineData("\"add\":{\"path\":\"", "\"add\":{\"path\":\"s3://bucket/", "outside")]
    [InlineData("\"add\":{\"path\":\"", "\"add\":{\"path\":\"a%2F..%2F..%2Fb/", "outside")]
    public void A_file_that_cannot_be_read_is_named(string text, string replacement, string hint)
    {
        Replace(3, text, replacement);

        var error = Refusal();
        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.File);
    }

    [Fact]
    public void A_partition_value_that_is_none_of_its_type_is_named()
    {
        _lake.Write("SELECT 1 AS id, DATE '2024-01-01' AS p", _lake.Options() with { PartitionBy = ["p"] }, "u");
        var commit = _lake.Commit(0, "u");
        File.WriteAllText(
            commit,
            File.ReadAllText(commit).Replace("\"p\":\"2024-01-01\"", "\"p\":\"yesterday\"", StringComparison.Ordinal)
        );

        var error = Assert.Throws<LakeException>(() => _lake.Table("u").TryRead()!.Scan(_lake.Connection).Sql);
        Assert.Contains("'p'", error.Message, StringComparison.Ordinal);
        Assert.Contains("yesterday", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_table_is_left_as_it_is_by_a_write()
    {
        File.Delete(_lake.Commit(2));
        var before = Directory.GetFiles(_lake.File("t"), "*", SearchOption.AllDirectories);

        Assert.Throws<LakeException>(() => _lake.Write("SELECT 9 AS id"));
        Assert.Equal(before, Directory.GetFiles(_lake.File("t"), "*", SearchOption.AllDirectories));
    }

    private LakeException Refusal()
    {
        var error = Assert.Throws<LakeException>(() => _lake.Table().TryRead());
        Assert.Equal("t", error.Table);
        Assert.Contains("'t'", error.Message, StringComparison.Ordinal);
        return error;
    }

    private void SetProtocol(string rest) => Replace(0, "\"minReaderVersion\":1,\"minWriterVersion\":2", $"\"minReaderVersion\":{rest}");

    private void Replace(long version, string text, string replacement)
    {
        var content = File.ReadAllText(_lake.Commit(version));
        Assert.Contains(text, content, StringComparison.Ordinal);
        File.WriteAllText(_lake.Commit(version), content.Replace(text, replacement, StringComparison.Ordinal));
    }
}
