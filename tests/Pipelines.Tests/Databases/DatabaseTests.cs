using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Pipelines.Tests.Databases;

/// <summary>What holds for every database; each has a class that says which it is.</summary>
public abstract class DatabaseTests : IDisposable
{
    protected const string Rows = """<parquet id="rows" path="landing/rows.parquet"/>""";
    protected const string Out = """<parquet path="out.parquet" mode="overwrite" singleFile="true"/>""";

    private protected abstract DatabaseHub Hub { get; }

    /// <summary>The first column of a query's first row as text, read past the hub.</summary>
    protected abstract string Scalar(string sql);

    protected abstract void Execute(string sql);

    public virtual void Dispose()
    {
        Hub.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static string Into(string table, string mode = "append", string more = "") =>
        $"""<database connectionRef="db" mode="{mode}" {more}><table name="{table}"/></database>""";

    protected static string From(string sql, string more = "") =>
        $"""<database id="d" connectionRef="db" {more}><sql><![CDATA[{sql}]]></sql></database>""";

    /// <summary>The columns as the database gives them back that were sent as others.</summary>
    protected virtual string Returned => "i1::SMALLINT AS i1";

    /// <summary>Whether a table that a failed run has made is gone again.</summary>
    protected virtual bool UndoesTables => true;

    protected virtual string All(string table) => Scalar($"SELECT string_agg(id || '=' || name, ' ' ORDER BY id) FROM {table}");

    [Fact]
    public void Every_type_survives_the_way_into_a_table_and_back()
    {
        const string values = """
            SELECT true AS b, 1::SMALLINT AS i2, (-2147483648)::INTEGER AS i4, 9223372036854775807::BIGINT AS i8, 1.5::FLOAT AS f4, 0.1::DOUBLE AS f8,
              123456789012.34::DECIMAL(18, 2) AS d, (-1.0000000001)::DECIMAL(28, 10) AS wide, 'Zürich 😀' AS t, '' AS e, '\x00\xFF'::BLOB AS x, DATE '9999-12-31' AS day,
              DATE '0001-01-01' AS first_day, TIME '23:59:59.999999' AS hour, TIMESTAMP '1969-12-31 23:59:59.123456' AS ts,
              TIMESTAMPTZ '2026-03-29 01:30:00+00' AS tz, '6f9619ff-8b86-d011-b42d-00cf4fc964ff'::UUID AS u, 7::TINYINT AS i1
            UNION ALL SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
            """;
        Hub.Rows(values);
        Hub.MustRun(Rows, Into("every_type"));
        Hub.MustRun(From("SELECT * FROM every_type"), Out);
        Hub.Write("data/applications/crm/expected", "");
        var back = Hub.Read("out.parquet");
        var sent = Hub.Read("../../../landing/rows.parquet", $"* REPLACE ({Returned})");
        Assert.Equal(2, back.Count);
        for (var row = 0; row < sent.Count; row++)
            Assert.Equal(sent[row].Select(Plain), back[row].Select(Plain));

        static object? Plain(object? value) => value is sbyte small ? (short)small : value;
    }

    [Fact]
    public void Append_keeps_what_is_there_and_overwrite_and_truncate_replace_it()
    {
        Hub.Rows("SELECT 1 AS id, 'a' AS name");
        Assert.Equal(1, Hub.MustRun(Rows, Into("t")).Targets[0].Rows);
        Hub.Rows("SELECT 2 AS id, 'b' AS name");
        Hub.MustRun(Rows, Into("t"));
        Assert.Equal("1=a 2=b", All("t"));
        Hub.Rows("SELECT 1 AS id, 'c' AS name");
        Hub.MustRun(Rows, Into("t", "overwrite"));
        Assert.Equal("1=c", All("t"));
        Hub.Rows("SELECT 9 AS id, 'd' AS name");
        Hub.MustRun(Rows, Into("t", "truncateInsert"));
        Assert.Equal("9=d", All("t"));
    }

    [Fact]
    public void A_merge_updates_the_rows_of_its_keys_and_inserts_the_others()
    {
        Execute("CREATE TABLE m (id INTEGER PRIMARY KEY, name VARCHAR(20), kept INTEGER DEFAULT 7)");
        Execute("INSERT INTO m VALUES (1, 'a', 1), (2, 'b', 2)");
        Hub.Rows("SELECT unnest([2, 3]) AS id, unnest(['x', 'y']) AS name");
        var target = Hub.MustRun(Rows, Into("m", "merge")).Targets[0];
        Assert.Equal("1=a 2=x 3=y", All("m"));
        Assert.Equal("10", Scalar("SELECT sum(kept) FROM m"));
        Assert.Equal((2L, 1L, 1L), (target.Rows, target.Detail["inserted"], target.Detail["updated"]));
    }

    [Fact]
    public void A_merge_into_a_table_that_is_missing_makes_it_with_its_key()
    {
        Hub.Rows("SELECT unnest([2, 3]) AS id, unnest(['x', 'y']) AS name");
        Hub.MustRun(Rows, Into("made", "merge", """keys="id" """));
        Hub.MustRun(Rows, Into("made", "merge"));
        Assert.Equal("2=x 3=y", All("made"));
        Assert.ThrowsAny<Exception>(() => Execute("INSERT INTO made VALUES (2, 'z')"));
    }

    [Theory]
    [InlineData("SELECT unnest([1, 1, 2]) AS id, 'x' AS name", "for instance 1 (2 rows)")]
    [InlineData("SELECT unnest([1, NULL]) AS id, 'x' AS name", "1 incoming rows have no value for a key (id)")]
    public void A_merge_refuses_keys_that_are_there_twice_or_missing(string rows, string message)
    {
        Execute("CREATE TABLE k (id INTEGER PRIMARY KEY, name VARCHAR(20))");
        Execute("INSERT INTO k VALUES (1, 'old')");
        Hub.Rows(rows);
        var report = Hub.Run(Rows, Into("k", "merge"));
        Assert.Equal(RunStatus.Failed, report.Status);
        Assert.Contains(message, report.Error, StringComparison.Ordinal);
        Assert.Equal("1=old", All("k"));
    }

    [Fact]
    public void A_merge_without_any_key_is_refused()
    {
        Execute("CREATE TABLE keyless (id INTEGER, name VARCHAR(20))");
        Hub.Rows("SELECT 1 AS id, 'x' AS name");
        var finding = Assert.Single(Hub.Validate(Rows, Into("keyless", "merge")), f => f.Severity == Severity.Error);
        Assert.Contains("keyless has no primary key", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_is_repeated_writes_nothing_twice()
    {
        Hub.Rows("SELECT 1 AS id, 'a' AS name");
        Hub.MustRun(Rows, Into("once"), "run-1");
        var again = Hub.MustRun(Rows, Into("once"), "run-1").Targets[0];
        Assert.True(again.AlreadyCommitted);
        Assert.Equal(1, again.Rows);
        Assert.Equal("1=a", All("once"));
    }

    [Fact]
    public void A_run_that_fails_leaves_nothing_in_any_target()
    {
        Hub.Rows("SELECT range::INTEGER AS id, 'a' AS name FROM range(5000)");
        Execute("CREATE TABLE strict_one (id INTEGER CHECK (id < 4000), name VARCHAR(20))");
        var report = Hub.Run(Rows, Into("loose") + Into("strict_one", more: """writeBatchSize="1000" """));
        Assert.Equal(RunStatus.Failed, report.Status);
        Assert.Contains("jdbc:", report.Error, StringComparison.Ordinal);
        Assert.Equal("0", Scalar("SELECT count(*) FROM strict_one"));
        Assert.Equal(
            "0",
            Scalar(
                UndoesTables ? "SELECT count(*) FROM information_schema.tables WHERE table_name = 'loose'" : "SELECT count(*) FROM loose"
            )
        );
        Execute("DROP TABLE strict_one");
        Hub.MustRun(Rows, Into("loose") + Into("strict_one"));
        Assert.Equal("5000", Scalar("SELECT count(*) FROM strict_one"));
    }

    [Fact]
    public void What_does_not_fit_the_table_is_named_before_anything_runs()
    {
        Execute("CREATE TABLE narrow (id VARCHAR(5) NOT NULL, needed INTEGER NOT NULL)");
        Hub.Rows("SELECT 1 AS id, 'a' AS name");
        var messages = Hub.Validate(Rows, Into("narrow")).Select(f => f.Message).ToArray();
        Assert.Contains("narrow has no column 'name'", messages);
        Assert.Contains("narrow demands the column 'needed', which is not written", messages);
        Assert.Contains(messages, m => m.StartsWith("narrow has 'id' as", StringComparison.Ordinal));
    }

    [Fact]
    public void Parameters_are_bound_with_their_types()
    {
        Execute("CREATE TABLE events (id INTEGER, name VARCHAR(40), seen_at TIMESTAMP(6))");
        Execute(
            "INSERT INTO events VALUES (1, 'x''; DROP TABLE events; --', TIMESTAMP '2026-01-01 00:00:00'), (2, 'y', TIMESTAMP '2026-02-01 00:00:00')"
        );
        const string parameters = """
            <parameter name="who" default="x'; DROP TABLE events; --"/><parameter name="since" type="date" default="2026-01-01"/>
            """;
        Hub.MustRun(From("SELECT id, ':who' AS quoted FROM events WHERE name = :who AND seen_at >= :since"), Out, parameters: parameters);
        Assert.Equal([1, ":who"], Assert.Single(Hub.Read("out.parquet")));
    }

    [Fact]
    public void An_incremental_table_gives_each_row_once()
    {
        const string source = """<database id="d" connectionRef="db" incremental="seen_at"><table name="feed"/></database>""";
        Execute("CREATE TABLE feed (id INTEGER, seen_at TIMESTAMP(6))");
        Execute("INSERT INTO feed VALUES (1, TIMESTAMP '2026-01-01 10:00:00.000001'), (2, TIMESTAMP '2026-01-01 10:00:00.000002')");
        const string steps = """<select source="d" columns="id"/>""";
        Assert.Equal(2, Hub.MustRun(source, Out, steps: steps).Targets[0].Rows);
        Assert.Equal(0, Hub.MustRun(source, Out, steps: steps).Targets[0].Rows);
        Execute("INSERT INTO feed VALUES (3, TIMESTAMP '2026-01-01 10:00:00.000003')");
        Assert.Equal(1, Hub.MustRun(source, Out, steps: steps).Targets[0].Rows);
        Assert.Equal([3], Assert.Single(Hub.Read("out.parquet")));
    }

    [Fact]
    public void A_query_takes_the_watermark_which_is_null_before_the_first_run()
    {
        Execute("CREATE TABLE feed (id INTEGER, name VARCHAR(20))");
        Execute("INSERT INTO feed VALUES (1, 'a'), (2, 'b')");
        var source = From("SELECT id, name FROM feed WHERE :watermark IS NULL OR id > :watermark", """incremental="id" """);
        Hub.MustRun(source, Into("copy"));
        Execute("INSERT INTO feed VALUES (3, 'c')");
        Assert.Equal(1, Hub.MustRun(source, Into("copy")).Targets[0].Rows);
        Assert.Equal(0, Hub.MustRun(source, Into("copy")).Targets[0].Rows);
        Assert.Equal("1=a 2=b 3=c", All("copy"));
    }

    [Fact]
    public void A_run_that_finishes_an_interrupted_one_reads_just_what_that_had_read()
    {
        Execute("CREATE TABLE feed (id INTEGER, name VARCHAR(20))");
        Execute("INSERT INTO feed VALUES (1, 'a'), (2, 'b')");
        const string source = """<database id="d" connectionRef="db" incremental="id"><table name="feed"/></database>""";
        var state = SourceState.Load(Hub.Root, new DocumentAddress("crm", "staging", "p"));
        state.Advance("d", new { value = "2" });
        state.Begin(new PendingRun("interrupted", 1, new Dictionary<string, string>()));
        Execute("INSERT INTO feed VALUES (3, 'c')");
        var report = Hub.MustRun(source, Into("copy"));
        Assert.Equal("interrupted", report.Resumed);
        Assert.Equal("1=a 2=b", All("copy"));
        Hub.MustRun(source, Into("copy"));
        Assert.Equal("1=a 2=b 3=c", All("copy"));
    }

    [Fact]
    public void A_schema_names_columns_by_their_aliases_and_finds_what_has_drifted()
    {
        const string schema = """
            {"type": "object", "properties": {"id": {"type": "integer", "aliases": ["customer_id"]}, "name": {"type": "string"}}, "required": ["id", "name"]}
            """;
        Hub.Write("config/common/schemas/c.json", schema);
        Execute("CREATE TABLE c (customer_id INTEGER, name VARCHAR(20))");
        Execute("INSERT INTO c VALUES (1, 'a')");
        const string source = """<database id="d" connectionRef="db" schemaRef="schemas/c.json"><table name="c"/></database>""";
        Hub.MustRun(source, Out);
        Assert.Equal([1L, "a"], Assert.Single(Hub.Read("out.parquet")));
        Execute("ALTER TABLE c ADD COLUMN more INTEGER");
        Assert.Contains(
            Hub.Validate(source, Out),
            f => f.Rule == Rule.SchemaDrift && f.Message.Contains("'more'", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_table_that_is_missing_and_a_query_that_is_wrong_are_named_at_their_place()
    {
        const string source = """<database id="d" connectionRef="db"><table name="nowhere"/></database>""";
        var finding = Assert.Single(Hub.Validate(source, Out), f => f.Severity == Severity.Error);
        Assert.Equal(Rule.UnknownTable, finding.Rule);
        Assert.Contains("nowhere", finding.Message, StringComparison.Ordinal);
        var wrong = Assert.Single(Hub.Validate(From("SELEC 1"), Out), f => f.Severity == Severity.Error);
        Assert.Equal(Rule.UnboundExpression, wrong.Rule);
    }

    /// <summary>Does something once, when the second target is about to be written.</summary>
    protected sealed class Stopper(Action stop) : IProgress<RunEvent>
    {
        public void Report(RunEvent value)
        {
            if (value is StageStarted { Text: "write second" })
                stop();
        }
    }
}
