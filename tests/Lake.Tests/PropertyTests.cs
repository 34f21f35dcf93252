using System.Text.Json.Nodes;

namespace ServerlessHub.Lake.Tests;

public sealed class PropertyTests : IDisposable
{
    private readonly TestLake _lake = new();

    public void Dispose() => _lake.Dispose();

    [Fact]
    public void Properties_are_set_and_taken_away_and_the_protocol_gets_what_they_need()
    {
        _lake.Write("SELECT 1 AS id");
        Set(("delta.checkpointInterval", "5"), ("owner", "me"));
        Assert.Equal((1, 2), Versions());
        Set(("delta.appendOnly", "true"), ("owner", null));

        Assert.Equal((1, 2), Versions());
        Assert.Equal(["delta.appendOnly", "delta.checkpointInterval"], _lake.Table().TryRead()!.Properties.Keys.Order());
        Assert.Contains("append only", Assert.Throws<LakeException>(() => _lake.Delete("id = 1")).Message, StringComparison.Ordinal);
        Set(("delta.enableTypeWidening", "true"));
        Assert.Equal((3, 7), Versions());
        Assert.Equal(["typeWidening"], _lake.Table().TryRead()!.Protocol.ReaderFeatures);
        Assert.Equal(["appendOnly", "invariants", "typeWidening"], _lake.Table().TryRead()!.Protocol.WriterFeatures!.Order());
        var set = _lake.Table().History()[0];
        Assert.Equal(("SET TBLPROPERTIES", """{"delta.enableTypeWidening":"true"}"""), (set.Operation, set.Parameters["properties"]));
        Set(("delta.checkpointInterval", null));
        var unset = _lake.Table().History()[0];
        Assert.Equal(("UNSET TBLPROPERTIES", """["delta.checkpointInterval"]"""), (unset.Operation, unset.Parameters["properties"]));
    }

    [Theory]
    [InlineData(2, 5, null, "delta.columnMapping.mode", "name", 2, null, null)]
    [InlineData(2, 7, "columnMapping", "delta.columnMapping.mode", "name", 2, null, "columnMapping")]
    [InlineData(
        2,
        7,
        "appendOnly",
        "delta.enableDeletionVectors",
        "true",
        3,
        "columnMapping,deletionVectors",
        "appendOnly,columnMapping,deletionVectors"
    )]
    public void What_comes_with_a_reader_version_is_not_lost_and_not_asked_for_again(
        int reader,
        int writer,
        string? features,
        string property,
        string value,
        int readerThen,
        string? readerFeatures,
        string? writerFeatures
    )
    {
        var table = new ForeignTable(_lake);
        table.Commit(
            ForeignTable.Action(
                "protocol",
                new()
                {
                    ["minReaderVersion"] = reader,
                    ["minWriterVersion"] = writer,
                    ["writerFeatures"] = features is null ? null : new JsonArray(features),
                }
            ),
            ForeignTable.Metadata(ForeignTable.Field("id", "long"))
        );
        Set((property, value));

        var protocol = _lake.Table().TryRead()!.Protocol;
        Assert.Equal((readerThen, writer), (protocol.MinReaderVersion, protocol.MinWriterVersion));
        Assert.Equal(readerFeatures?.Split(','), protocol.ReaderFeatures?.Order());
        Assert.Equal(writerFeatures?.Split(','), protocol.WriterFeatures?.Order());
    }

    [Theory]
    [InlineData("delta.constraints.c", "id > 1", "as a constraint")]
    [InlineData("delta.enableRowTracking", "true", "delta.enableRowTracking")]
    [InlineData("delta.appendOnly", "yes", "true or false")]
    public void Properties_that_would_promise_what_is_not_kept_are_refused(string name, string value, string reason)
    {
        _lake.Write("SELECT 1 AS id");

        Assert.Contains(reason, Assert.Throws<LakeException>(() => Set((name, value))).Message, StringComparison.Ordinal);
        var options = _lake.Options() with { Properties = new Dictionary<string, string?> { [name] = value } };
        Assert.Contains(
            reason,
            Assert.Throws<LakeException>(() => _lake.Write("SELECT 1 AS id", options, "other")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_new_table_has_the_properties_asked_for()
    {
        _lake.Write(
            "SELECT 1 AS id",
            _lake.Options() with
            {
                Properties = new Dictionary<string, string?> { ["delta.appendOnly"] = "true" },
            }
        );

        Assert.Equal((1, 2), Versions());
        Assert.Equal("true", _lake.Table().TryRead()!.Properties["delta.appendOnly"]);
    }

    [Fact]
    public void Commits_say_when_they_were_made_and_never_earlier_than_the_one_before()
    {
        var clock = new ManualClock();
        var table = new DeltaTable(_lake.Storage, "t", clock);
        TestLake.Commit(table.Stage(_lake.Connection, "SELECT 1 AS id", _lake.Options()));
        clock.Now = DateTimeOffset.UtcNow.AddHours(1);
        TestLake.Commit(
            table.StageProperties(new Dictionary<string, string?> { ["delta.enableInCommitTimestamps"] = "true" }, _lake.Options())
        );
        clock.Now = clock.Now.AddDays(-9);
        TestLake.Commit(table.Stage(_lake.Connection, "SELECT 2 AS id", _lake.Options()));

        var enabled = Said(1);
        Assert.Equal(enabled + 1, Said(2));
        Assert.Equal("1", table.TryRead()!.Properties["delta.inCommitTimestampEnablementVersion"]);
        Assert.Equal($"{enabled}", table.TryRead()!.Properties["delta.inCommitTimestampEnablementTimestamp"]);
    }

    [Fact]
    public void A_table_that_says_when_its_commits_were_made_from_the_beginning_says_no_more()
    {
        var properties = new Dictionary<string, string?> { ["delta.enableInCommitTimestamps"] = "true" };
        _lake.Write("SELECT 1 AS id", _lake.Options() with { Properties = properties });

        Assert.True(Said(0) > 0);
        Assert.Equal(["delta.enableInCommitTimestamps"], _lake.Table().TryRead()!.Properties.Keys);
    }

    [Fact]
    public void Types_are_widened_when_the_table_and_the_write_allow_it()
    {
        var properties = new Dictionary<string, string?> { ["delta.enableTypeWidening"] = "true" };
        _lake.Write("SELECT 1::SMALLINT AS id, 1.5::FLOAT AS f, 1.25::DECIMAL(4,2) AS d", _lake.Options() with { Properties = properties });
        const string Wide = "SELECT 5000000000 AS id, 0.1::DOUBLE AS f, 12345.678::DECIMAL(8,3) AS d";
        Assert.Throws<LakeException>(() => _lake.Write(Wide));
        _lake.Write(Wide, _lake.Options() with { EvolveSchema = true });
        _lake.Write("SELECT 1::SMALLINT AS id, 2::DOUBLE AS f, 3::DECIMAL(8,3) AS d", _lake.Merge("id"));

        Assert.Equal(["{'id': 1, 'f': 2.0, 'd': 3.000}", "{'id': 5000000000, 'f': 0.1, 'd': 12345.678}"], _lake.Rows());
        Assert.Equal(["{'id': 1, 'f': 1.5, 'd': 1.25}"], _lake.Rows(0));
        Assert.Contains(
            """{"fromType":"decimal(4,2)","toType":"decimal(8,3)"}""",
            _lake.Table().TryRead()!.Metadata.SchemaString!.Replace(" ", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.Throws<LakeException>(() => _lake.Write("SELECT 'text' AS id", _lake.Options() with { EvolveSchema = true }));
    }

    [Fact]
    public void Types_stay_where_the_table_does_not_allow_another()
    {
        _lake.Write("SELECT 1::SMALLINT AS id");

        Assert.Throws<LakeException>(() => _lake.Write("SELECT 5000000000 AS id", _lake.Options() with { EvolveSchema = true }));
    }

    [Fact]
    public void Statistics_are_kept_of_the_columns_that_a_property_names()
    {
        var properties = new Dictionary<string, string?> { ["delta.dataSkippingStatsColumns"] = "`b`,s" };
        _lake.Write("SELECT 1 AS a, 2 AS b, {'x': 3} AS s", _lake.Options() with { Properties = properties });

        Assert.Equal(
            """{"b":2,"s":{"x":3}}""",
            JsonNode.Parse(_lake.Table().TryRead()!.Files.Single().Action.Stats!)!["minValues"]!.ToJsonString()
        );
    }

    private long Said(long version) =>
        JsonNode.Parse(File.ReadLines(_lake.Commit(version)).First())!["commitInfo"]!["inCommitTimestamp"]!.GetValue<long>();

    private void Set(params (string Name, string? Value)[] properties) =>
        TestLake.Commit(_lake.Table().StageProperties(properties.ToDictionary(p => p.Name, p => p.Value), _lake.Options()));

    private (int Reader, int Writer) Versions() =>
        (_lake.Table().TryRead()!.Protocol.MinReaderVersion, _lake.Table().TryRead()!.Protocol.MinWriterVersion);

    private sealed class ManualClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
