using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ICSharpCode.SharpZipLib.BZip2;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Pipelines.Tests.Running;

namespace ServerlessHub.Pipelines.Tests.Connectors;

public sealed class FileTargetTests : IDisposable
{
    private readonly PipelineHub hub = new();

    public FileTargetTests() => hub.Write("landing/a.csv", "id,name\n1,a\n2,\n3,\"\"\n");

    public void Dispose() => hub.Dispose();

    [Fact]
    public void CSV_is_written_with_quotes_only_where_needed_null_as_nothing_and_moments_with_Z()
    {
        Rows(
            "1, NULL, '', 'a,b', 'say \"hi\"', E'x\\ny', ' z ', 1.50::DECIMAL(5,2), true, DATE '2024-01-02', TIMESTAMPTZ '2024-01-02 10:00:00+02', TIMESTAMPTZ '2024-01-02 10:00:00.25Z', TIMESTAMP '2024-01-02 10:00:00', [1, 2], {'k': 'v'}"
        );
        hub.Succeeds(Write("""<csv path="out.csv" singleFile="true"/>"""));
        Assert.Equal(
            "c0,c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,c11,c12,c13,c14\n"
                + "1,,\"\",\"a,b\",\"say \"\"hi\"\"\",\"x\ny\", z ,1.50,true,2024-01-02,2024-01-02T08:00:00Z,2024-01-02T10:00:00.25Z,2024-01-02T10:00:00,\"[1,2]\",\"{\"\"k\"\":\"\"v\"\"}\"\n",
            Text("out.csv")
        );
    }

    [Fact]
    public void Header_and_delimiter_are_as_the_document_says()
    {
        hub.Succeeds(Load("""<csv path="out.csv" singleFile="true" header="false" delimiter="\t"/>"""));
        Assert.Equal("1\ta\n2\t\n3\t\"\"\n", Text("out.csv"));
    }

    [Fact]
    public void Random_rows_are_read_back_by_a_parser_of_RFC_4180() =>
        Prop.ForAll(
                Arb.From(
                    Gen.Elements("a", ",", "\"", "\n", "\r", "\r\n", " ", "ü", "#", "'", "NULL", "")
                        .ListOf()
                        .Select(p => string.Concat(p))
                        .OrNull()
                        .ArrayOf(3)
                        .ListOf()
                ),
                rows =>
                {
                    if (rows.Count == 0)
                        return;
                    var values = rows.Select(r => $"({string.Join(", ", r.Select(v => v is null ? "NULL::VARCHAR" : Sql.Literal(v)))})");
                    hub.Query(
                        $"COPY (SELECT * FROM (VALUES {string.Join(", ", values)}) AS t(a, b, c)) TO {Sql.Literal(Path.Combine(hub.Root.Path, "landing/rows.parquet"))}"
                    );
                    hub.Succeeds(Write("""<csv path="out.csv" singleFile="true" mode="overwrite" header="false"/>"""));
                    Assert.Equal<string?[]>(rows, Rfc4180.Parse(Text("out.csv")));
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(25));

    [Theory]
    [InlineData("none", ".csv")]
    [InlineData("gzip", ".csv.gz")]
    [InlineData("bzip2", ".csv.bz2")]
    [InlineData("snappy", ".csv.snappy")]
    [InlineData("zstd", ".csv.zst")]
    public void A_folder_of_parts_is_packed_as_the_document_says(string compression, string ending)
    {
        var report = hub.Succeeds(Load($"""<csv path="out" compression="{compression}"/>"""), "r1");
        var file = Assert.Single(Directory.GetFiles(hub.Data("out")));
        Assert.Equal($"part-r1-csv1{ending}", Path.GetFileName(file));
        Assert.Equal((3, new FileInfo(file).Length, 1), (report.Targets[0].Rows, report.Targets[0].Bytes, report.Targets[0].Files));
        if (compression != "zstd")
            Assert.Equal("id,name\n1,a\n2,\n3,\"\"\n", Unpack(file, compression));
    }

    [Fact]
    public void JSON_is_written_one_object_a_line_or_in_one_array()
    {
        Rows("1, NULL, 'é\"', TIMESTAMPTZ '2024-01-02 10:00:00Z', [1, 2], {'k': 1.5}");
        hub.Succeeds(Write("""<json path="lines.json" singleFile="true"/><json path="array.json" singleFile="true" format="array"/>"""));
        using var line = JsonDocument.Parse(Text("lines.json"));
        Assert.Equal(
            """{"c0":1,"c1":null,"c2":"é\"","c3":"2024-01-02T10:00:00Z","c4":[1,2],"c5":{"k":1.5}}""",
            Text("lines.json").TrimEnd()
        );
        using var array = JsonDocument.Parse(Text("array.json"));
        Assert.Equal("2024-01-02T10:00:00Z", array.RootElement[0].GetProperty("c3").GetString());
    }

    [Fact]
    public void Parquet_is_written_with_its_types()
    {
        Rows("1, NULL::INT, 'a', TIMESTAMPTZ '2024-01-02 10:00:00Z', 1.5::DECIMAL(5,2)");
        hub.Succeeds(Write("""<parquet path="out"/>"""));
        Assert.Equal(
            [
                [1, null, "a", new DateTime(2024, 1, 2, 10, 0, 0, DateTimeKind.Utc), "DECIMAL(5,2)"],
            ],
            hub.Query($"SELECT c0, c1, c2, c3, typeof(c4) FROM '{hub.Data("out")}/*.parquet'")
        );
    }

    [Fact]
    public void The_path_takes_parts_of_the_run_s_time_and_rows_are_kept_apart_by_partition()
    {
        hub.Succeeds(Load("""<csv path="out/%Y/%m/%d" partitionBy="name"/>"""), "r1");
        Assert.Equal(
            ["name=__HIVE_DEFAULT_PARTITION__/part-r1-csv1-0.csv", "name=a/part-r1-csv1-0.csv"],
            Files("out/2024/03/01").Where(f => !f.StartsWith("name=/", StringComparison.Ordinal))
        );
        Assert.Equal("id\n1\n", Text("out/2024/03/01/name=a/part-r1-csv1-0.csv"));
    }

    [Fact]
    public void A_sorted_dataset_keeps_its_order_in_a_single_file()
    {
        hub.Query(
            $"COPY (SELECT (i * 7919) % 500000 AS n FROM range(500000) t(i)) TO {Sql.Literal(Path.Combine(hub.Root.Path, "landing/rows.parquet"))}"
        );
        hub.Succeeds(
            hub.Pipeline(
                """<parquet id="a" path="landing/rows.parquet"/>""",
                """<sort source="a" orderBy="n desc"/>""",
                """<csv path="out.csv" singleFile="true" header="false"/>"""
            )
        );
        Assert.Equal(Enumerable.Range(0, 500_000).Reverse().Select(n => $"{n}"), File.ReadLines(hub.Data("out.csv")));
    }

    [Fact]
    public void Modes_say_what_becomes_of_what_is_there()
    {
        hub.Succeeds(Load("""<csv path="out"/>"""), "r1");
        Assert.Equal("target 'csv1': something is already at 'out'", hub.Fails(Load("""<csv path="out"/>""")).Error);
        Assert.Equal(0, hub.Succeeds(Load("""<csv path="out" mode="ignore"/>""")).Targets[0].Rows);
        Assert.Equal(["part-r1-csv1.csv"], Files("out"));
        hub.Succeeds(Load("""<csv path="out" mode="append"/>"""), "r2");
        Assert.Equal(["part-r1-csv1.csv", "part-r2-csv1.csv"], Files("out"));
        hub.Succeeds(Load("""<csv path="out" mode="overwrite"/>"""), "r3");
        Assert.Equal(["part-r3-csv1.csv"], Files("out"));
        hub.Succeeds(Load("""<csv path="out" mode="overwrite" singleFile="true"/>"""), "r4");
        Assert.Equal("id,name\n1,a\n2,\n3,\"\"\n", Text("out"));
        hub.Succeeds(Load("""<csv path="out" mode="overwrite"/>"""), "r5");
        Assert.Equal(["part-r5-csv1.csv"], Files("out"));
        Assert.Equal(["out"], Directory.GetFileSystemEntries(hub.Data("")).Select(Path.GetFileName));
    }

    [Fact]
    public void A_run_that_is_repeated_writes_nothing_twice()
    {
        var document = Load("""<csv path="out" mode="append"/>""");
        hub.Succeeds(document, "r1");
        var again = hub.Succeeds(document, "r1");
        Assert.True(again.Targets[0].AlreadyCommitted);
        Assert.Single(Files("out"));
    }

    [Fact]
    public void What_is_staged_is_seen_by_nobody_and_goes_with_the_run()
    {
        var document = Load("""<csv path="deep/out"/>""");
        using (var run = new TargetRun(hub, document, "r1"))
        {
            run.Stage("(1, 'a')");
            Assert.False(run.Opened.IsCommitted);
            Assert.False(Directory.Exists(hub.Data("deep/out")));
            Assert.Empty(hub.Root.Source("data/applications/crm/**/*").Files());
        }
        Assert.Empty(Directory.GetFileSystemEntries(hub.Data("deep")));
    }

    [Fact]
    public void What_a_dead_run_left_aside_is_removed_by_the_next()
    {
        var document = Load("""<csv path="out"/>""");
        _ = new TargetRun(hub, document, "dead").Stage("(1, 'a')");
        Assert.Single(Directory.GetDirectories(hub.Data(""), ".hub-*"));
        hub.Succeeds(document, "r2");
        Assert.Empty(Directory.GetDirectories(hub.Data(""), ".hub-*"));
        Assert.Equal(["part-r2-csv1.csv"], Files("out"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_run_that_died_while_it_replaced_a_folder_is_finished(int renames)
    {
        var document = Load("""<csv path="out" mode="overwrite"/>""");
        hub.Succeeds(document, "r1");
        var aside = Die(document, "r2", appends: false);
        if (renames > 0)
            Directory.Move(hub.Data("out"), Path.Combine(aside, "old"));
        if (renames > 1)
            Directory.Move(Path.Combine(aside, "new"), hub.Data("out"));
        if (renames > 2)
            Directory.Delete(aside, recursive: true);
        IsFinished(document, "r2", ["part-r2-csv1.csv"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_run_that_died_while_it_appended_is_finished(int renames)
    {
        var document = Load("""<csv path="out" mode="append"/>""");
        hub.Succeeds(document, "r1");
        var aside = Die(document, "r2", appends: true);
        if (renames > 0)
            File.Move(Path.Combine(aside, "new/part-r2-csv1.csv"), hub.Data("out/part-r2-csv1.csv"));
        IsFinished(document, "r2", ["part-r1-csv1.csv", "part-r2-csv1.csv"]);
    }

    [Theory]
    [InlineData("""<csv path="staging/t/export"/>""")]
    [InlineData("""<csv path="staging/t" mode="overwrite"/>""")]
    [InlineData("""<csv path="staging" mode="overwrite"/>""")]
    [InlineData("""<csv path="staging/../../erp" mode="overwrite"/>""")]
    public void No_file_is_written_into_or_over_a_table(string target)
    {
        hub.Succeeds(Load("""<hive table="staging.t"/>"""));
        Assert.Contains(hub.Validate(Load(target)), f => f.Rule == Rule.PathRefused);
    }

    [Fact]
    public void A_table_that_came_after_validation_is_not_written_over_either()
    {
        var run = () => new TargetRun(hub, Load("""<csv path="staging" mode="overwrite"/>"""), "r1");
        run().Dispose();
        Directory.CreateDirectory(hub.Data("staging/t/_delta_log"));
        Assert.Throws<Xunit.Sdk.FalseException>(run);
    }

    [Fact]
    public void A_target_path_that_is_a_link_out_of_the_hub_is_refused()
    {
        Directory.CreateDirectory(hub.Data(""));
        Directory.CreateSymbolicLink(hub.Data("out"), hub.Outside);
        Assert.Contains(hub.Validate(Load("""<csv path="out/x" mode="overwrite"/>""")), f => f.Rule == Rule.PathRefused);
    }

    [Theory]
    [InlineData("""<csv path="out" singleFile="true" partitionBy="name"/>""", "one file cannot be kept apart by partitions")]
    [InlineData("""<csv path="out" singleFile="true" mode="append"/>""", "nothing is appended to a single file")]
    [InlineData("""<csv path="out" partitionBy="nmae"/>""", "what is written has no column 'nmae'")]
    [InlineData("""<csv path="out" partitionBy="id,name"/>""", "every column is a partition, so that nothing is left for the files")]
    [InlineData("""<csv path="out/*"/>""", "'out/*' holds a wildcard, but a target writes one place")]
    [InlineData("""<csv path="out" mode="overwrite"/><json path="./out" mode="append"/>""", "is already written by the target in line")]
    public void A_mistake_in_the_document_is_found_by_validation(string target, string message) =>
        Assert.Contains(
            hub.Validate(Load(target)),
            f => f.Severity == Severity.Error && f.Message.Contains(message, StringComparison.Ordinal)
        );

    private DocumentFile Load(string target) => hub.Pipeline("""<csv id="a" path="landing/a.csv"/>""", "", target);

    private DocumentFile Write(string target) => hub.Pipeline("""<parquet id="a" path="landing/rows.parquet"/>""", "", target);

    private void Rows(string values)
    {
        Directory.CreateDirectory(Path.Combine(hub.Root.Path, "landing"));
        var names = string.Join(", ", Enumerable.Range(0, hub.Query($"SELECT {values}")[0].Length).Select(i => $"c{i}"));
        hub.Query(
            $"COPY (SELECT * FROM (SELECT {values}) AS t({names})) TO {Sql.Literal(Path.Combine(hub.Root.Path, "landing/rows.parquet"))}"
        );
    }

    private string Text(string path) => File.ReadAllText(hub.Data(path));

    private IEnumerable<string> Files(string folder) =>
        Directory
            .GetFiles(hub.Data(folder), "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(hub.Data(folder), f))
            .Order(StringComparer.Ordinal);

    /// <summary>Leaves what a process leaves that dies after it has written its manifest.</summary>
    private string Die(DocumentFile document, string runId, bool appends)
    {
        _ = new TargetRun(hub, document, runId).Stage("(4, 'b')");
        var aside = Assert.Single(Directory.GetDirectories(hub.Data(""), ".hub-*"));
        hub.Write(
            $"data/ops/files/{runId}/csv1.json",
            JsonSerializer.Serialize(
                new
                {
                    Aside = aside,
                    Place = hub.Data("out"),
                    Appends = appends,
                }
            )
        );
        return aside;
    }

    private void IsFinished(DocumentFile document, string runId, string[] files)
    {
        using (var again = new TargetRun(hub, document, runId))
        {
            Assert.True(again.Opened.IsCommitted);
            Assert.True(again.Commit().AlreadyCommitted);
        }
        Assert.Equal(files, Files("out"));
        Assert.Equal("id,name\n4,b\n", Text("out/" + files[^1]));
        Assert.Equal(["out"], Directory.GetFileSystemEntries(hub.Data("")).Select(Path.GetFileName));
    }

    private static string Unpack(string file, string compression)
    {
        using var bytes = File.OpenRead(file);
        using Stream unpacked = compression switch
        {
            "gzip" => new GZipStream(bytes, CompressionMode.Decompress),
            "bzip2" => new BZip2InputStream(bytes),
            "snappy" => IronSnappy.Snappy.OpenReader(bytes),
            _ => bytes,
        };
        using var reader = new StreamReader(unpacked, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}

/// <summary>A parser of RFC 4180 that is too simple to be wrong: one character after the other. An empty field is null, empty quotes are the empty string.</summary>
internal static class Rfc4180
{
    public static List<string?[]> Parse(string text)
    {
        var rows = new List<string?[]>();
        var row = new List<string?>();
        for (var i = 0; i < text.Length; )
        {
            string? field = null;
            if (text[i] == '"')
            {
                field = "";
                for (i++; text[i] != '"' || (i + 1 < text.Length && text[i + 1] == '"'); i++)
                {
                    if (text[i] == '"')
                        i++;
                    field += text[i];
                }
                i++;
            }
            else
                for (; i < text.Length && text[i] is not (',' or '\r' or '\n'); i++)
                {
                    Assert.NotEqual('"', text[i]);
                    field += text[i];
                }
            row.Add(field);
            if (text[i] == ',')
            {
                i++;
                continue;
            }
            Assert.Equal('\n', text[i++]);
            rows.Add([.. row]);
            row.Clear();
        }
        return rows;
    }
}
