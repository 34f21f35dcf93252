using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Pipelines.Tests.Running;

namespace ServerlessHub.Pipelines.Tests.Connectors;

public sealed class CsvSourceTests : IDisposable
{
    private const string Target = """<hive table="staging.t"/>""";
    private readonly PipelineHub hub = new();

    public void Dispose() => hub.Dispose();

    [Fact]
    public void Types_are_told_from_a_sample_where_there_is_no_schema()
    {
        hub.Write(
            "landing/a.csv",
            "id,zip,price,open,day,at,name,none\n1,0815,1.5,true,2024-01-02,2024-01-02 10:00:00,x,\n-2,8000,3,FALSE,2024-01-03,2024-01-03T10:00:00+01:00,,\n"
        );
        hub.Succeeds(Csv("""<csv id="a" path="landing/a.csv"/>"""));
        Assert.Equal(
            [-2L, "8000", 3.0, false, new DateOnly(2024, 1, 3), new DateTime(2024, 1, 3, 9, 0, 0, DateTimeKind.Utc), null, null],
            hub.Table("staging.t")[0]
        );
    }

    [Fact]
    public void Without_inference_all_columns_are_strings()
    {
        hub.Write("landing/a.csv", "id\n1\n");
        hub.Succeeds(Csv("""<csv id="a" path="landing/a.csv" inferSchema="false"/>"""));
        Assert.Equal(
            [
                ["1"],
            ],
            hub.Table("staging.t")
        );
    }

    [Fact]
    public void A_value_that_does_not_fit_the_told_type_is_a_bad_row()
    {
        hub.Write("landing/a.csv", "id\n" + string.Concat(Enumerable.Repeat("1\n", 300_000)) + "x\n");
        var report = hub.Fails(Csv("""<csv id="a" path="landing/a.csv"/>"""));
        Assert.Equal("landing/a.csv:300002: column 'id' holds 'x', which is no BIGINT", report.Error);
        Assert.Equal("correct the file, or set onBadRow to skip or quarantine", report.Hint);
        Assert.False(hub.HasTable("staging.t"));
    }

    [Fact]
    public void With_a_header_the_schema_s_columns_are_found_by_name_in_any_order()
    {
        Schema("""{ "name": "id", "type": "int" }, { "name": "name", "type": ["null", "string"], "aliases": ["customer_name"] }""");
        hub.Write("landing/a.csv", "id,name\n1,a\n");
        hub.Write("landing/b.csv", "NAME,id\nb,2\n");
        hub.Write("landing/c.csv", "customer_name,id\nc,3\n");
        hub.Succeeds(Csv("""<csv id="a" path="landing/*.csv" schemaRef="schemas/a.avsc"/>"""));
        Assert.Equal(
            [
                [1, "a"],
                [2, "b"],
                [3, "c"],
            ],
            hub.Table("staging.t")
        );
    }

    [Fact]
    public void Without_a_header_they_are_found_by_position()
    {
        Schema("""{ "name": "id", "type": "int" }, { "name": "name", "type": "string" }""");
        hub.Write("landing/a.csv", "1;a\n2;b\n");
        hub.Succeeds(Csv("""<csv id="a" path="landing/a.csv" header="false" delimiter=";" schemaRef="schemas/a.avsc"/>"""));
        Assert.Equal(
            [
                [1, "a"],
                [2, "b"],
            ],
            hub.Table("staging.t")
        );
    }

    [Fact]
    public void Without_header_and_schema_columns_are_numbered()
    {
        hub.Write("landing/a.csv", "1;a\n2;b\n");
        hub.Succeeds(Csv("""<csv id="a" path="landing/a.csv" header="false" delimiter=";"/>"""));
        Assert.Equal(
            [
                [2L, "b"],
            ],
            hub.Table("staging.t", "column0, column1", "column0 DESC LIMIT 1")
        );
    }

    [Theory]
    [InlineData("id\n1\n", "HUB3007", "'landing/a.csv' lacks the column 'name' of the schema")]
    [InlineData("id,name,extra\n1,a,x\n", "HUB3007", "'landing/a.csv' has the column 'extra', which the schema does not")]
    [InlineData("id,nmae\n1,a\n", "HUB3007", "'landing/a.csv' lacks the column 'name' of the schema")]
    [InlineData("", "HUB3007", "'landing/a.csv' is empty: it does not even have a header")]
    [InlineData("id,id,name\n1,1,a\n", "HUB2005", "'landing/a.csv' has the column 'id' 2 times")]
    public void What_drifted_is_found_before_anything_runs(string content, string rule, string message)
    {
        Schema("""{ "name": "id", "type": "int" }, { "name": "name", "type": ["null", "string"] }""");
        hub.Write("landing/a.csv", content);
        var document = Csv("""<csv id="a" path="landing/a.csv" schemaRef="schemas/a.avsc"/>""");
        Assert.Contains(hub.Validate(document), f => f.Rule.Id == rule && f.Message == message);
        Assert.Throws<InvalidDocumentException>(() => hub.Run(document));
    }

    [Fact]
    public void A_warning_lets_drift_pass_and_goes_by_the_schema()
    {
        Schema("""{ "name": "id", "type": "int" }, { "name": "name", "type": ["null", "string"] }""");
        hub.Write("landing/a.csv", "extra,id\nx,1\n");
        hub.Write("landing/b.csv", "");
        hub.Write("landing/c.csv", "id,name\n2,c\n");
        var report = hub.Succeeds(Csv("""<csv id="a" path="landing/*.csv" schemaRef="schemas/a.avsc" onDrift="warn"/>"""));
        Assert.Equal(
            [
                [1, null],
                [2, "c"],
            ],
            hub.Table("staging.t")
        );
        Assert.Equal(["HUB3008", "HUB3008", "HUB3008"], report.Findings.Select(f => f.Rule.Id));
    }

    [Fact]
    public void Evolving_takes_new_columns_along()
    {
        Schema("""{ "name": "id", "type": "int" }""");
        hub.Write("landing/a.csv", "id\n1\n");
        hub.Write("landing/b.csv", "extra,id\n2.5,2\n");
        hub.Succeeds(Csv("""<csv id="a" path="landing/*.csv" schemaRef="schemas/a.avsc" onDrift="evolve"/>"""));
        Assert.Equal(
            [
                [1, null],
                [2, 2.5],
            ],
            hub.Table("staging.t", "id, extra")
        );
    }

    [Fact]
    public void Without_a_schema_all_files_must_be_like_the_first()
    {
        hub.Write("landing/a.csv", "id,name\n1,a\n");
        hub.Write("landing/b.csv", "id,nick\n2,b\n");
        Assert.Equal(
            [
                "'landing/b.csv' lacks the column 'name' of the first file",
                "'landing/b.csv' has the column 'nick', which the first file does not",
            ],
            hub.Validate(Csv("""<csv id="a" path="landing/*.csv"/>""")).Select(f => f.Message)
        );
        hub.Succeeds(Csv("""<csv id="a" path="landing/*.csv" onDrift="evolve"/>"""));
        Assert.Equal(
            [
                [1L, "a", null],
                [2L, null, "b"],
            ],
            hub.Table("staging.t", "id, name, nick")
        );
    }

    [Fact]
    public void Bad_rows_are_kept_beside_the_table_with_the_run()
    {
        Schema("""{ "name": "id", "type": "int" }, { "name": "name", "type": "string" }""");
        hub.Write("landing/a.csv", "id,name\n1,a\nx,b\n");
        hub.Write("landing/b.csv", "name,id\nc\nd,4\n");
        var report = hub.Succeeds(Csv("""<csv id="a" path="landing/*.csv" schemaRef="schemas/a.avsc" onBadRow="quarantine"/>"""), "run-1");
        Assert.Equal(
            [
                [1, "a"],
                [4, "d"],
            ],
            hub.Table("staging.t")
        );
        Assert.Equal(2, Assert.Single(report.Sources).RejectedRows);
        Assert.Equal(
            [
                ["landing/a.csv", 3L, "x,b", "column 'id' holds 'x', which is no INTEGER", "run-1"],
                ["landing/b.csv", 2L, "c", "1 field where 2 are expected", "run-1"],
            ],
            hub.Table("staging.t_quarantine", "file, line, text, reason, run_id")
        );
    }

    [Fact]
    public void The_same_rows_are_bad_for_every_target()
    {
        hub.Write("landing/a.csv", "id,n\n1,1\n2,x\n3,3\n");
        Schema("""{ "name": "id", "type": "int" }, { "name": "n", "type": "int" }""");
        var report = hub.Succeeds(
            hub.Pipeline(
                """<csv id="a" path="landing/a.csv" schemaRef="schemas/a.avsc" onBadRow="skip"/>""",
                """<filter id="b" source="a" condition="n > 1"/>""",
                """<hive table="staging.t" source="a"/><hive table="staging.u" source="b"/>"""
            )
        );
        Assert.Equal(
            [
                [1, 1],
                [3, 3],
            ],
            hub.Table("staging.t")
        );
        Assert.Equal(
            [
                [3, 3],
            ],
            hub.Table("staging.u")
        );
        Assert.Equal(1, Assert.Single(report.Sources).RejectedRows);
    }

    [Fact]
    public void The_first_of_equal_keys_is_the_first_of_the_first_file()
    {
        var lines = Enumerable.Range(0, 200_000).Select(i => $"{i % 1000},a{i:000000}");
        hub.Write("landing/a.csv", "id,name\n" + string.Join('\n', lines));
        hub.Write("landing/b.csv", "name,id\nb,5\n");
        hub.Succeeds(
            hub.Pipeline("""<csv id="a" path="landing/*.csv"/>""", """<deduplicate source="a" keys="id" keep="first"/>""", Target)
        );
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => new object?[] { (long)i, $"a{i:000000}" }), hub.Table("staging.t"));
        hub.Succeeds(
            hub.Pipeline(
                """<csv id="a" path="landing/*.csv"/>""",
                """<deduplicate source="a" keys="id" keep="last"/>""",
                """<hive table="staging.u"/>"""
            )
        );
        Assert.Equal("b", hub.Table("staging.u", orderBy: "id")[5][1]);
        Assert.Equal("a199006", hub.Table("staging.u", orderBy: "id")[6][1]);
    }

    [Fact]
    public void Only_new_files_are_read_where_that_is_asked_for()
    {
        var document = Csv("""<csv id="a" path="landing/*.csv" incremental="files"/>""");
        Assert.DoesNotContain(hub.Validate(document), f => f.Severity == Severity.Error);
        hub.Write("landing/a.csv", "id\n1\n");
        hub.Succeeds(document);
        hub.Write("landing/b.csv", "id\n2\n");
        Assert.Equal(1, Assert.Single(hub.Succeeds(document).Sources).Files);
        Assert.Equal(0, Assert.Single(hub.Succeeds(document).Sources).Files);
        Assert.Equal(
            [
                [1L],
                [2L],
            ],
            hub.Table("staging.t")
        );
        hub.Write("landing/a.csv", "id\n1\n3\n");
        Assert.Equal(
            ["'landing/a.csv' has changed since it was read, and is read again"],
            hub.Succeeds(document).Findings.Select(f => f.Message)
        );
        Assert.Equal(
            [
                [1L],
                [1L],
                [2L],
                [3L],
            ],
            hub.Table("staging.t")
        );
    }

    [Fact]
    public void A_failed_run_has_read_nothing()
    {
        var document = Csv("""<csv id="a" path="landing/*.csv" incremental="files"/>""");
        hub.Write("landing/a.csv", "id\n1\n");
        hub.Write("landing/b.csv", "id\nx,y\n");
        hub.Fails(document);
        hub.Write("landing/b.csv", "id\n2\n");
        hub.Succeeds(document);
        Assert.Equal(
            [
                [1L],
                [2L],
            ],
            hub.Table("staging.t")
        );
    }

    [Theory]
    [InlineData(
        """<csv id="a" path="landing/a.csv" encoding="windows-1522"/>""",
        "the encoding 'windows-1522' is not known",
        "did you mean 'windows-1252'?"
    )]
    [InlineData("""<csv id="a" path="landing/a.csv" delimiter='"'/>""", "the delimiter is also the quote or the escape", "choose another")]
    [InlineData("""<csv id="a" path="landing/a.csv" delimiter="§"/>""", "the delimiter must be one ASCII character, but is '§'", null)]
    [InlineData("""<csv id="a" path="../a.csv"/>""", "the path '../a.csv' holds '..'", "a path goes down only")]
    [InlineData(
        """<csv id="a" path="landing/a.csv" schemaRef="schemas/nested.avsc"/>""",
        "the schema has 'l' as INTEGER[], which a field of a CSV file cannot be",
        "declare it as a string, and take it apart in a step"
    )]
    [InlineData(
        """<csv id="a" path="landing/packed.gz"/>""",
        "landing/packed.gz is damaged, or not packed as its ending or compression says: The archive entry was compressed using an unsupported compression method.",
        "fetch it again, or correct compression"
    )]
    public void A_mistake_in_the_document_is_found_by_validation(string source, string message, string? hint)
    {
        hub.Write("landing/a.csv", "id\n1\n");
        hub.Write("landing/packed.gz", "id\n1\n");
        hub.Write(
            "config/applications/crm/staging/schemas/nested.avsc",
            """{ "type": "record", "name": "r", "fields": [{ "name": "l", "type": { "type": "array", "items": "int" } }] }"""
        );
        var error = Assert.Single(hub.Validate(Csv(source)), f => f.Severity == Severity.Error);
        Assert.Equal((message, hint), (error.Message, error.Hint));
    }

    [Fact]
    public void A_pattern_that_matches_nothing_can_be_validated_but_not_run()
    {
        var document = Csv("""<csv id="a" path="landing/*.csv"/>""");
        Assert.DoesNotContain(hub.Validate(document), f => f.Severity == Severity.Error);
        var e = Assert.Throws<InvalidDocumentException>(() => hub.Run(document));
        Assert.Contains(e.Findings, f => f.Rule == Rule.NoFiles);
    }

    private DocumentFile Csv(string source) => hub.Pipeline(source, "", Target);

    private void Schema(string fields) =>
        hub.Write("config/applications/crm/staging/schemas/a.avsc", $$"""{ "type": "record", "name": "r", "fields": [{{fields}}] }""");
}
