using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Pipelines.Tests.Running;

namespace ServerlessHub.Pipelines.Tests.Connectors;

public sealed class JsonSourceTests : IDisposable
{
    private readonly PipelineHub hub = new();

    public JsonSourceTests() =>
        hub.Write(
            "config/applications/crm/staging/schemas/a.avsc",
            """
            { "type": "record", "name": "a", "fields": [
              { "name": "id", "type": "long" },
              { "name": "day", "type": ["null", { "type": "int", "logicalType": "date" }], "default": null },
              { "name": "text", "type": ["null", "string"], "default": null },
              { "name": "at", "type": ["null", { "type": "record", "name": "at", "fields": [{ "name": "no", "type": "int" }] }], "default": null },
              { "name": "tags", "type": ["null", { "type": "array", "items": "int" }], "default": null }
            ] }
            """
        );

    public void Dispose() => hub.Dispose();

    [Theory]
    [InlineData("""{"id": "x"}""", "column 'id' holds 'x', which is no BIGINT")]
    [InlineData("""{"id": 3.7}""", "column 'id' holds '3.7', which is no BIGINT")]
    [InlineData("""{"id": 99999999999999999999}""", "column 'id' holds '99999999999999999999', which is no BIGINT")]
    [InlineData("""{"id": 1, "day": "2024-02-30"}""", "column 'day' holds '2024-02-30', which is no DATE")]
    [InlineData("""{"id": 1, "at": {"no": "x"}}""", "column 'at' holds '{\"no\":\"x\"}', which is no STRUCT(no INTEGER)")]
    [InlineData("""{"id": 1, "at": 5}""", "column 'at' holds '5', which is no STRUCT(no INTEGER)")]
    [InlineData("""{"id": 1, "tags": [1, "x"]}""", "column 'tags' holds '[1,\"x\"]', which is no INTEGER[]")]
    [InlineData("""{"id": """, "no JSON object")]
    [InlineData("""[1]""", "no JSON object")]
    public void A_bad_row_is_told_with_its_line_column_and_value_whatever_becomes_of_it(string line, string reason)
    {
        hub.Write("landing/a.json", "{\"id\": 1}\n\n" + line + "\n{\"id\": 4, \"text\": \"t\", \"tags\": [2]}\n");
        var failed = hub.Fails(Json("fail"));
        Assert.Equal($"landing/a.json:3: {reason}", failed.Error);
        Assert.Equal("correct the file, or set onBadRow to skip or quarantine", failed.Hint);
        Assert.False(hub.HasTable("staging.t"));

        var skipped = hub.Succeeds(Json("skip"), "r1");
        Assert.Equal(1, skipped.Sources[0].RejectedRows);
        Assert.Equal(
            [
                [1L],
                [4L],
            ],
            hub.Table("staging.t", "id")
        );
        Assert.False(hub.HasTable("staging.t_quarantine"));

        hub.Succeeds(Json("quarantine"), "r2");
        Assert.Equal(
            [
                ["landing/a.json", 3L, line, reason],
            ],
            hub.Table("staging.t_quarantine", "file, line, text, reason")
        );
    }

    [Theory]
    [InlineData("fail")]
    [InlineData("skip")]
    [InlineData("quarantine")]
    public void Clean_files_are_read_alike_whatever_becomes_of_bad_rows(string onBadRow)
    {
        hub.Write(
            "landing/a.json",
            """
            {"id": 9007199254740993, "day": "2024-02-29", "text": "a\"b", "at": {"no": 7}, "tags": [1, 2]}
            {"id": "5", "day": null, "extra": true, "text": {"x": [1]}}
            {"id": 3.0, "at": null, "tags": []}
            """
        );
        var report = hub.Succeeds(Json(onBadRow));
        Assert.Equal(0, report.Sources[0].RejectedRows);
        Assert.Equal(
            [
                [3L, null, null, null, 0L],
                [5L, null, "{\"x\":[1]}", null, null],
                [9007199254740993L, new DateOnly(2024, 2, 29), "a\"b", 7, 2L],
            ],
            hub.Table("staging.t", "id, day, text, \"at\".no, len(tags)", orderBy: "id")
        );
    }

    [Fact]
    public void A_row_of_an_array_is_told_by_its_place()
    {
        hub.Write("landing/a.json", """[{"id": 1}, {"id": "x"}, {"id": 3}]""");
        Assert.Equal("landing/a.json:2: column 'id' holds 'x', which is no BIGINT", hub.Fails(Json("fail", "format=\"array\"")).Error);
        hub.Succeeds(Json("quarantine", "format=\"array\""));
        Assert.Equal(
            [
                [1L],
                [3L],
            ],
            hub.Table("staging.t", "id")
        );
        Assert.Equal(
            [
                [2L, "column 'id' holds 'x', which is no BIGINT"],
            ],
            hub.Table("staging.t_quarantine", "line, reason")
        );
    }

    [Fact]
    public void A_list_where_lines_are_expected_is_told()
    {
        hub.Write("landing/a.json", """  [{"id": 1}]""");
        var finding = Assert.Single(hub.Validate(Json("fail")), f => f.Severity == Severity.Error);
        Assert.Equal(("'landing/a.json' holds a list, not one object a line", "set format=\"array\""), (finding.Message, finding.Hint));
    }

    [Fact]
    public void Packed_files_are_read_alike()
    {
        hub.Query("COPY (SELECT unnest(['1', 'x']) AS id) TO '" + hub.Write("landing/a.json.gz", "") + "' (FORMAT json, COMPRESSION gzip)");
        var report = hub.Succeeds(Json("skip"));
        Assert.Equal((1L, 1L), (report.Sources[0].RejectedRows, report.Targets[0].Rows));
    }

    private DocumentFile Json(string onBadRow, string more = "") =>
        hub.Pipeline(
            $"""<json id="a" path="landing/a.json*" schemaRef="schemas/a.avsc" onBadRow="{onBadRow}" {more}/>""",
            "",
            """<hive table="staging.t"/>"""
        );
}
