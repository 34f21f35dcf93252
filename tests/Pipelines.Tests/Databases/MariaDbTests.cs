#if HUB_FULL
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Pipelines.Tests.Databases;

public sealed class MariaDbTests : DatabaseTests
{
    private readonly MariaDbServer server = MariaDbServer.Shared;
    private readonly string database;

    public MariaDbTests()
    {
        database = server.CreateDatabase();
        Hub = new DatabaseHub(server.JdbcUrl(database), MariaDbServer.User, MariaDbServer.Password);
    }

    private protected override DatabaseHub Hub { get; }

    // It has no type for moments of all times; they are kept as UTC.
    protected override string Returned => "tz::TIMESTAMP AS tz";

    protected override bool UndoesTables => false;

    protected override string Scalar(string sql) => server.Scalar(database, sql)!.ToString()!;

    protected override void Execute(string sql) => server.Execute(database, sql);

    protected override string All(string table) => Scalar($"SELECT group_concat(id, '=', name ORDER BY id SEPARATOR ' ') FROM {table}");

    [Theory]
    [InlineData("mysql", "")]
    [InlineData("mysql", "?sslMode=DISABLED")]
    [InlineData("mariadb", "?useSSL=false&user=nobody")]
    public void Addresses_of_either_driver_lead_there(string vendor, string properties)
    {
        Hub.Connect("db", server.JdbcUrl(database, vendor) + properties, MariaDbServer.User, MariaDbServer.Password);
        Hub.MustRun(From("SELECT database() AS name"), Out);
        Assert.Equal([database], Assert.Single(Hub.Read("out.parquet")));
    }

    [Fact]
    public void An_encryption_that_the_server_cannot_give_is_demanded_all_the_same()
    {
        foreach (var mode in new[] { "REQUIRED", "VERIFY_IDENTITY", "verify-ca" })
        {
            Hub.Connect("db", $"{server.JdbcUrl(database)}?sslMode={mode}", MariaDbServer.User, MariaDbServer.Password);
            Assert.Contains(
                "SSL",
                Assert.Throws<RunException>(() => Hub.Run(From("SELECT 1 AS id"), Out)).Message,
                StringComparison.Ordinal
            );
        }
        Hub.Connect("db", server.JdbcUrl(database) + "?sslMode=perhaps", MariaDbServer.User, MariaDbServer.Password);
        Assert.Contains(
            "is no sslMode",
            Assert.Throws<RunException>(() => Hub.Run(From("SELECT 1 AS id"), Out)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("SERIALIZABLE", "SERIALIZABLE")]
    [InlineData("REPEATABLE_READ", "REPEATABLE-READ")]
    [InlineData("READ_COMMITTED", "READ-COMMITTED")]
    [InlineData("READ_UNCOMMITTED", "READ-UNCOMMITTED")]
    public void The_isolation_level_is_the_transactions(string level, string expected)
    {
        Hub.MustRun(From("SELECT @@tx_isolation AS level", $"isolationLevel=\"{level}\""), Out);
        Assert.Equal([expected], Assert.Single(Hub.Read("out.parquet")));
        Execute("CREATE TABLE levels (id INTEGER, level VARCHAR(40))");
        Execute("CREATE TRIGGER note BEFORE INSERT ON levels FOR EACH ROW SET NEW.level = @@tx_isolation");
        Hub.Rows("SELECT 1 AS id");
        Hub.MustRun(Rows, Into("levels", more: $"isolationLevel=\"{level}\""));
        Assert.Equal(expected, Scalar("SELECT level FROM levels"));
    }

    [Theory]
    [InlineData(3000, "3000,3000,1000")]
    [InlineData(3500, "3500,3500")]
    public void Rows_are_sent_in_batches_of_the_size_that_is_asked_for(int size, string batches)
    {
        // NOW is one moment in all rows of a statement.
        Execute("CREATE TABLE batches (id BIGINT, sent_at DATETIME(6))");
        Execute("CREATE TRIGGER note BEFORE INSERT ON batches FOR EACH ROW SET NEW.sent_at = NOW(6)");
        Hub.Rows("SELECT range AS id FROM range(7000)");
        Assert.Equal(7000, Hub.MustRun(Rows, Into("batches", more: $"writeBatchSize=\"{size}\"")).Targets[0].Rows);
        Assert.Equal(
            batches,
            Scalar("SELECT group_concat(n ORDER BY sent_at) FROM (SELECT sent_at, count(*) AS n FROM batches GROUP BY sent_at) AS b")
        );
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(7000)]
    public void A_fetch_size_reads_every_row_once_and_takes_parameters(int size)
    {
        Hub.MustRun(
            From("SELECT seq AS n FROM seq_1_to_5000 WHERE seq > :least", $"fetchSize=\"{size}\""),
            Out,
            parameters: """<parameter name="least" type="int" default="0"/>"""
        );
        Assert.Equal([12502500L, 5000L], Assert.Single(Hub.Read("out.parquet", "sum(n)::BIGINT, count(*)")));
    }

    [Fact]
    public void Its_own_types_are_read_as_what_they_hold()
    {
        Execute(
            """
            CREATE TABLE own (f FLOAT, y YEAR, j JSON, e ENUM('sad', 'happy'), s SET('a', 'b'), u INT UNSIGNED, big BIGINT UNSIGNED, b BIT(9),
              m TIMESTAMP(6) NULL, h TIME(6), g DECIMAL(38, 20), k TINYINT(1))
            """
        );
        Execute(
            """
            INSERT INTO own VALUES (16777215, 2026, '{"a": 1}', 'happy', 'a,b', 4294967295, 18446744073709551615, b'100000001',
              FROM_UNIXTIME(1767225600.5), '23:59:59.999999', 1.5, 1)
            """
        );
        Hub.MustRun(From("SELECT * FROM own", "isolationLevel=\"READ_UNCOMMITTED\""), Out);
        Assert.Equal(
            [
                16777215f,
                2026,
                "{\"a\": 1}",
                "happy",
                "a,b",
                4294967295u,
                18446744073709551615ul,
                257ul,
                new DateTimeOffset(2026, 1, 1, 0, 0, 0, 500, TimeSpan.Zero),
                new TimeOnly(23, 59, 59).Add(TimeSpan.FromMicroseconds(999999)),
                1.5m,
                true,
            ],
            Assert.Single(Hub.Read("out.parquet")).Select(v => v is DateTime d ? new DateTimeOffset(d, TimeSpan.Zero) : v)
        );
    }

    [Fact]
    public void Columns_that_are_not_written_stand_before_those_that_are()
    {
        Execute(
            """
            CREATE TABLE late (a INT DEFAULT 1, b INT DEFAULT 2, twice INT AS (id * 2) STORED, id INT, x LONGBLOB, flags BIT(9), `odd ``name` TEXT,
              moment TIMESTAMP(6) NULL)
            """
        );
        Hub.Rows(
            """
            SELECT 7 AS id, '\x00\xFF\x5C'::BLOB AS x, 257::USMALLINT AS flags, 'a' || chr(9) || '\N' || chr(10) AS "odd `name",
              TIMESTAMPTZ '2026-03-29 01:30:00+00' AS moment
            """
        );
        Hub.MustRun(Rows, Into("late"));
        const string columns = "concat_ws(' ', a, b, twice, id, hex(x), flags + 0, hex(`odd ``name`), unix_timestamp(moment) * 1)";
        Assert.Equal("1 2 14 7 00FF5C 257 61095C4E0A 1774747800.000000", Scalar($"SELECT {columns} FROM late"));
    }

    [Fact]
    public void A_decimal_of_38_digits_and_a_float_of_all_its_digits_are_written_whole()
    {
        Hub.Rows("SELECT 12345678901234567890123456789.123456789::DECIMAL(38, 9) AS d, 1.2345678::FLOAT AS f");
        Hub.MustRun(Rows, Into("wide"));
        Assert.Equal("12345678901234567890123456789.123456789", Scalar("SELECT CAST(d AS CHAR) FROM wide"));
        Hub.MustRun(From("SELECT f FROM wide"), Out);
        Assert.Equal([1.2345678f], Assert.Single(Hub.Read("out.parquet")));
    }

    [Fact]
    public void Keys_of_a_table_that_is_made_and_tokens_of_runs_differ_by_their_case()
    {
        Hub.Rows("SELECT unnest(['a', 'A']) AS id, 'x' AS name");
        Hub.MustRun(Rows, Into("cased", "merge", """keys="id" """), "run-a");
        Assert.False(Hub.MustRun(Rows, Into("cased", "merge"), "run-A").Targets[0].AlreadyCommitted);
        Assert.Equal("A=x a=x", All("cased"));
    }

    [Fact]
    public void A_merge_writes_keys_that_the_database_would_number_itself()
    {
        Execute("CREATE TABLE numbered (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) NOT NULL)");
        Execute("INSERT INTO numbered (id, name) VALUES (5, 'old')");
        Hub.Rows("SELECT unnest([0, 5, 9]) AS id, unnest(['n', 'u', 'v']) AS name");
        Hub.MustRun(Rows, Into("numbered", "merge"));
        Assert.Equal("0=n 5=u 9=v", All("numbered"));
        Hub.Rows("SELECT 5 AS id, NULL::VARCHAR AS name");
        Assert.Contains("'name' cannot be null", Hub.Run(Rows, Into("numbered", "merge")).Error, StringComparison.Ordinal);
        Assert.Equal("0=n 5=u 9=v", All("numbered"));
    }

    [Theory]
    [InlineData("SELECT 'far too long' AS name", "Data truncated for column 'name' at row 1")]
    [InlineData("SELECT NULL::VARCHAR AS name", "NULL supplied to NOT NULL column 'name' at row 1")]
    [InlineData("SELECT unnest(['a', 'a']) AS name", "Duplicate entry 'a'")]
    public void A_row_that_does_not_fit_is_neither_mended_nor_left_out(string rows, string message)
    {
        Execute("SET GLOBAL sql_mode = ''");
        Execute("CREATE TABLE tight (name VARCHAR(3) NOT NULL PRIMARY KEY)");
        Hub.Rows(rows);
        var report = Hub.Run(Rows, Into("tight"));
        Assert.Equal(RunStatus.Failed, report.Status);
        Assert.Contains(message, report.Error, StringComparison.Ordinal);
        Assert.Equal("0", Scalar("SELECT count(*) FROM tight"));
    }

    [Theory]
    [InlineData("date", "'0000-00-00'")]
    [InlineData("datetime", "'2026-00-01 00:00:00'")]
    [InlineData("decimal(65,30)", "1234567890123456789012345678901234.5")]
    public void A_value_that_no_type_here_holds_fails_the_run_in_words(string type, string value)
    {
        Execute($"SET SESSION sql_mode = ''; CREATE TABLE beyond (x {type}); INSERT INTO beyond VALUES ({value})");
        var report = Hub.Run(From("SELECT x FROM beyond"), Out);
        Assert.Equal(RunStatus.Failed, report.Status);
        Assert.Contains("the column 'x' of type", report.Error, StringComparison.Ordinal);
        Assert.Equal("cast it in <sql>, for instance to text", report.Hint);
        Hub.MustRun(From("SELECT CAST(x AS CHAR) AS x FROM beyond"), Out);
        Assert.StartsWith(value.Trim('\''), (string)Assert.Single(Hub.Read("out.parquet"))[0]!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_password_is_told_without_it()
    {
        const string wrong = "not-the-pa55word";
        Hub.Connect("db", server.JdbcUrl(database), MariaDbServer.User, wrong);
        Hub.Rows("SELECT 1 AS id");
        var report = Hub.Run(Rows, Into("t"));
        Assert.Equal(RunStatus.Failed, report.Status);
        Assert.Contains("Access denied for user 'hub'", report.Error, StringComparison.Ordinal);
        var failure = Assert.Throws<RunException>(() => Hub.Run(From("SELECT 1 AS id"), Out));
        Assert.False(failure.IsTransient);
        Assert.DoesNotContain(wrong, report.Error + report.Hint + failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_without_the_right_is_told_so()
    {
        Execute("CREATE TABLE secrets (id INTEGER)");
        Execute("CREATE TABLE open (id INTEGER)");
        var reader = $"reader_{database}";
        Execute($"CREATE USER {reader}@'%' IDENTIFIED BY 'r'");
        Execute($"GRANT SELECT ON open TO {reader}@'%'");
        Hub.Connect("db", server.JdbcUrl(database), reader, "r");
        Assert.Contains(
            Hub.Validate(From("SELECT id FROM secrets"), Out),
            f => f.Message.Contains("SELECT command denied", StringComparison.Ordinal) && f.Hint == "give the user the right to it"
        );
        Hub.Rows("SELECT 1 AS id");
        var report = Hub.Run(Rows, Into("open"));
        Assert.Contains("CREATE command denied", report.Error, StringComparison.Ordinal);
        Assert.Contains("CREATE TABLE hub_committed_runs", report.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_that_cannot_be_reached_is_a_note_at_validation_and_a_passing_failure_in_a_run()
    {
        Hub.Connect("db", "jdbc:mysql://127.0.0.1:1/nothing");
        var finding = Assert.Single(Hub.Validate(From("SELECT 1 AS id"), Out), f => f.Rule == Rule.NotChecked);
        Assert.Contains("jdbc:mysql://127.0.0.1:1/nothing", finding.Message, StringComparison.Ordinal);
        Assert.True(Assert.Throws<RunException>(() => Hub.Run(From("SELECT 1 AS id"), Out)).IsTransient);
    }

    [Fact]
    public void A_server_that_takes_no_bulk_or_dies_while_it_is_written_leaves_nothing_and_the_next_run_works()
    {
        using var own = MariaDbServer.Start();
        Hub.Connect("db", own.JdbcUrl(own.CreateDatabase()), MariaDbServer.User, MariaDbServer.Password);
        Hub.Connect("other", server.JdbcUrl(database), MariaDbServer.User, MariaDbServer.Password);
        own.Execute("test_1", "CREATE TABLE t (id BIGINT)");
        Hub.Rows("SELECT range AS id FROM range(100000)");

        own.Execute("test_1", "SET GLOBAL local_infile = OFF");
        Assert.Contains("set its local_infile to ON", Hub.Run(Rows, Into("t")).Hint, StringComparison.Ordinal);
        own.Execute("test_1", "SET GLOBAL local_infile = ON");

        // The second target is written when the server of the first, whose rows are staged, is gone.
        var targets = Into("t") + """<database id="second" connectionRef="other"><table name="u"/></database>""";
        var report = new PipelineRunner(Hub.Root, new RunOptions { Threads = 1 }, TimeProvider.System).Run(
            new RunRequest(Hub.Document(Rows, targets)),
            new Stopper(own.Stop)
        );
        Assert.Equal(RunStatus.Failed, report.Status);
        Assert.Contains("jdbc:mariadb", report.Error, StringComparison.Ordinal);
        own.Restart();
        Assert.Equal(0L, own.Scalar("test_1", "SELECT count(*) FROM t"));
        Hub.MustRun(Rows, targets);
        Assert.Equal(100_000L, own.Scalar("test_1", "SELECT count(*) FROM t"));
        Assert.Equal("100000", Scalar("SELECT count(*) FROM u"));
    }

    [Fact]
    public void A_session_that_is_ended_while_it_is_read_fails_the_run_in_words()
    {
        Execute(
            """
            CREATE FUNCTION gone(n INT) RETURNS INT
            BEGIN IF n = 50000 THEN KILL CONNECTION CONNECTION_ID(); END IF; RETURN n; END
            """
        );
        var report = Hub.Run(From("SELECT seq AS n, gone(seq) AS m FROM seq_1_to_100000", """fetchSize="1000" """), Out);
        Assert.Equal(RunStatus.Failed, report.Status);
        Assert.Contains("Connection was killed", report.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Hub.Root.Path, "data/applications/crm/out.parquet")));
    }
}
#endif
