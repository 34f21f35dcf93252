using Npgsql;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Pipelines.Tests.Databases;

public sealed class PostgresTests : DatabaseTests
{
    private readonly PostgresServer server = PostgresServer.Shared;
    private readonly string database;

    public PostgresTests()
    {
        database = server.CreateDatabase();
        Hub = new DatabaseHub(server.JdbcUrl(database), PostgresServer.User, PostgresServer.Password);
    }

    private protected override DatabaseHub Hub { get; }

    protected override string Scalar(string sql) => server.Scalar(database, sql)!.ToString()!;

    protected override void Execute(string sql) => server.Execute(database, sql);

    [Theory]
    [InlineData("SERIALIZABLE", "serializable")]
    [InlineData("REPEATABLE_READ", "repeatable read")]
    [InlineData("READ_COMMITTED", "read committed")]
    public void The_isolation_level_is_the_transactions(string level, string expected)
    {
        Hub.MustRun(From("SELECT current_setting('transaction_isolation') AS level", $"isolationLevel=\"{level}\""), Out);
        Assert.Equal([expected], Assert.Single(Hub.Read("out.parquet")));
        Execute("CREATE TABLE levels (id INTEGER, level TEXT DEFAULT current_setting('transaction_isolation'))");
        Hub.Rows("SELECT 1 AS id");
        Hub.MustRun(Rows, Into("levels", more: $"isolationLevel=\"{level}\""));
        Assert.Equal(expected, Scalar("SELECT level FROM levels"));
    }

    [Fact]
    public void Rows_are_sent_in_batches_of_the_size_that_is_asked_for()
    {
        Execute("CREATE TABLE batches (id BIGINT)");
        Execute("CREATE TABLE seen (rows BIGINT)");
        Execute(
            """
            CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO seen SELECT count(*) FROM new_rows; RETURN NULL; END';
            CREATE TRIGGER note AFTER INSERT ON batches REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION note()
            """
        );
        Hub.Rows("SELECT range AS id FROM range(7000)");
        Hub.MustRun(Rows, Into("batches", more: """writeBatchSize="3000" """));
        Assert.Equal("3000,3000,1000", Scalar("SELECT string_agg(rows::text, ',' ORDER BY rows DESC) FROM seen"));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(5000)]
    [InlineData(7000)]
    public void A_fetch_size_reads_every_row_once_and_takes_parameters(int size)
    {
        Hub.MustRun(
            From("SELECT n FROM generate_series(1, 5000) AS g(n) WHERE n > :least", $"fetchSize=\"{size}\""),
            Out,
            parameters: """<parameter name="least" type="int" default="0"/>"""
        );
        Assert.Equal([12502500L, 5000L], Assert.Single(Hub.Read("out.parquet", "sum(n)::BIGINT, count(*)")));
    }

    [Fact]
    public void Types_without_a_counterpart_are_read_as_text_or_named()
    {
        Execute("CREATE TYPE mood AS ENUM ('sad', 'happy')");
        Hub.MustRun(From("""SELECT 'happy'::mood AS m, '{"a": 1}'::jsonb AS j, 1.25::numeric AS n, 'ab'::char(4) AS c"""), Out);
        Assert.Equal(["happy", "{\"a\": 1}", 1.25m, "ab  "], Assert.Single(Hub.Read("out.parquet")));
        var finding = Assert.Single(Hub.Validate(From("SELECT '10.0.0.1'::inet AS address"), Out), f => f.Severity == Severity.Error);
        Assert.Contains("the column 'address' of type inet cannot be read", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_takes_json_and_infinite_dates()
    {
        Execute("CREATE TABLE special (j jsonb, d date, t timestamp)");
        Hub.Rows("SELECT '[1]'::JSON AS j, DATE 'infinity' AS d, TIMESTAMP '-infinity' AS t");
        Hub.MustRun(Rows, Into("special"));
        Assert.Equal("[1] infinity -infinity", Scalar("SELECT concat_ws(' ', j, d, t) FROM special"));
    }

    [Fact]
    public void A_wrong_password_is_told_without_it()
    {
        const string wrong = "not-the-pa55word";
        Hub.Connect("db", server.JdbcUrl(database), PostgresServer.User, wrong);
        Hub.Rows("SELECT 1 AS id");
        var report = Hub.Run(Rows, Into("t"));
        Assert.Equal(RunStatus.Failed, report.Status);
        Assert.Contains("password authentication failed", report.Error, StringComparison.Ordinal);
        var failure = Assert.Throws<RunException>(() => Hub.Run(From("SELECT 1 AS id"), Out));
        Assert.False(failure.IsTransient);
        Assert.DoesNotContain(wrong, report.Error + report.Hint + failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_holds_user_and_password()
    {
        var user =
            $"""<database id="d" jdbcUrl="{server.JdbcUrl(database)}" userSecretRef="pg"><sql>SELECT current_user::text AS who</sql></database>""";
        var secret = Hub.Write(".hub/secrets/pg", $"{PostgresServer.User}:{PostgresServer.Password}");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Hub.MustRun(user, Out);
        Hub.Write(
            ".hub/secrets/pg",
            System.Text.Json.JsonSerializer.Serialize(new { user = PostgresServer.User, password = PostgresServer.Password })
        );
        Hub.MustRun(user, Out);
        Assert.Equal([PostgresServer.User], Assert.Single(Hub.Read("out.parquet")));
        Hub.Write(".hub/secrets/pg", "neither-nor");
        Assert.DoesNotContain("neither-nor", Assert.Throws<RunException>(() => Hub.Run(user, Out)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_without_the_right_is_told_so()
    {
        Execute("CREATE TABLE secrets (id INTEGER)");
        var reader = $"reader_{database}";
        Execute($"CREATE ROLE {reader} LOGIN PASSWORD 'r'");
        Hub.Connect("db", server.JdbcUrl(database), reader, "r");
        Assert.Contains(
            "permission denied for table secrets",
            Hub.Run(From("SELECT id FROM secrets"), Out).Error,
            StringComparison.Ordinal
        );
        Hub.Rows("SELECT 1 AS id");
        var report = Hub.Run(Rows, Into("secrets"));
        Assert.Contains("permission denied", report.Error, StringComparison.Ordinal);
        Assert.Contains("CREATE TABLE hub_committed_runs", report.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_that_cannot_be_reached_is_a_note_at_validation_and_a_passing_failure_in_a_run()
    {
        Hub.Connect("db", "jdbc:postgresql://127.0.0.1:1/nothing");
        var finding = Assert.Single(Hub.Validate(From("SELECT 1 AS id"), Out), f => f.Rule == Rule.NotChecked);
        Assert.Contains("jdbc:postgresql://127.0.0.1:1/nothing", finding.Message, StringComparison.Ordinal);
        Assert.True(Assert.Throws<RunException>(() => Hub.Run(From("SELECT 1 AS id"), Out)).IsTransient);
    }

    [Fact]
    public void A_server_that_dies_while_it_is_written_leaves_nothing_and_the_next_run_works()
    {
        using var own = PostgresServer.Start();
        Hub.Connect("db", own.JdbcUrl(), PostgresServer.User, PostgresServer.Password);
        Hub.Connect("other", server.JdbcUrl(database), PostgresServer.User, PostgresServer.Password);
        own.Execute("postgres", "CREATE TABLE t (id BIGINT)");
        // The second target is written when the server of the first, whose rows are staged, is gone.
        var targets = Into("t") + """<database id="second" connectionRef="other"><table name="u"/></database>""";
        Hub.Rows("SELECT range AS id FROM range(100000)");
        var stopper = new Stopper(() => own.Stop());
        var report = new PipelineRunner(Hub.Root, new RunOptions { Threads = 1 }, TimeProvider.System).Run(
            new RunRequest(Hub.Document(Rows, targets)),
            stopper
        );
        Assert.Equal(RunStatus.Failed, report.Status);
        Assert.Contains("jdbc:postgresql", report.Error, StringComparison.Ordinal);
        own.Restart();
        Assert.Equal(0L, own.Scalar("postgres", "SELECT count(*) FROM t"));
        Hub.MustRun(Rows, targets);
        Assert.Equal(100_000L, own.Scalar("postgres", "SELECT count(*) FROM t"));
        Assert.Equal("100000", Scalar("SELECT count(*) FROM u"));
    }

    [Fact]
    public void A_server_that_dies_while_it_is_read_fails_the_run_in_words()
    {
        using var own = PostgresServer.Start();
        Hub.Connect("db", own.JdbcUrl(), PostgresServer.User, PostgresServer.Password);
        // The server ends the session itself in the middle of the rows.
        var source = From(
            "SELECT n, CASE WHEN n = 50000 THEN pg_terminate_backend(pg_backend_pid()) END AS gone FROM generate_series(1, 100000) AS g(n)",
            """fetchSize="1000" """
        );
        var report = Hub.Run(source, Out);
        Assert.Equal(RunStatus.Failed, report.Status);
        Assert.Contains("terminating connection", report.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Hub.Root.Path, "data/applications/crm/out.parquet")));
    }
}
