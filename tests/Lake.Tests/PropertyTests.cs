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
        Assert.Equal("SET TBLPROPERTIES", _lake.Table().History()[0].Operation);
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
