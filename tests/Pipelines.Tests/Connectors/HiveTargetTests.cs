using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Lake.Storage;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Pipelines.Tests.Running;

namespace ServerlessHub.Pipelines.Tests.Connectors;

public sealed class HiveTargetTests : IDisposable
{
    private readonly PipelineHub hub = new();

    public HiveTargetTests() => hub.Write("landing/a.csv", "id,name\n1,a\n2,b\n");

    public void Dispose() => hub.Dispose();

    [Fact]
    public void A_parquet_table_is_a_folder_that_is_added_to()
    {
        hub.Succeeds(Load("""<hive table="staging.t" format="parquet"/>"""), "r1");
        hub.Write("landing/a.csv", "id,name\n3,c\n");
        hub.Succeeds(Load("""<hive table="staging.t" format="parquet"/>"""), "r2");
        Assert.False(hub.HasTable("staging.t"));
        Assert.Equal(
            [
                [1L, "a"],
                [2L, "b"],
                [3L, "c"],
            ],
            Parquet()
        );
    }

    [Fact]
    public void A_parquet_table_is_replaced_by_overwrite()
    {
        hub.Succeeds(Load("""<hive table="staging.t" format="parquet"/>"""), "r1");
        hub.Write("landing/a.csv", "name\nc\n");
        hub.Succeeds(Load("""<hive table="staging.t" format="parquet" mode="overwrite"/>"""), "r2");
        Assert.Equal(
            [
                ["c"],
            ],
            Parquet()
        );
    }

    [Fact]
    public void A_parquet_table_keeps_partitions_in_folders_and_says_which_run_wrote_a_row()
    {
        hub.Succeeds(Load("""<hive table="staging.t" format="parquet" partitionBy="name" loadColumns="true"/>"""), "r1");
        Assert.Equal(["name=a", "name=b"], Directory.GetDirectories(hub.Data("staging/t")).Select(Path.GetFileName).Order());
        Assert.Equal(
            [
                [1L, "r1", new DateTime(2024, 3, 1, 12, 30, 0, DateTimeKind.Utc), "a"],
                [2L, "r1", new DateTime(2024, 3, 1, 12, 30, 0, DateTimeKind.Utc), "b"],
            ],
            Parquet()
        );
    }

    [Fact]
    public void A_parquet_table_is_written_once_by_a_run_that_is_repeated()
    {
        var document = Load("""<hive table="staging.t" format="parquet"/>""");
        hub.Succeeds(document, "r1");
        Assert.True(hub.Succeeds(document, "r1").Targets[0].AlreadyCommitted);
        Assert.Equal(2, Parquet().Count);
    }

    [Theory]
    [InlineData("""mode="merge" keys="id" """, "a folder of Parquet files cannot be merged into")]
    [InlineData("""mode="scd2" keys="id" """, "a folder of Parquet files cannot be merged into")]
    [InlineData("""evolve="true" """, "a folder of Parquet files has no schema of its own")]
    [InlineData("""mode="overwrite" partitionBy="name" """, "the partitions of a folder of Parquet files cannot be replaced all at once")]
    public void What_a_parquet_table_cannot_do_is_refused(string attributes, string message) =>
        Finds(Rule.Unsupported, message, $"""<hive table="staging.t" format="parquet" {attributes}/>""");

    [Fact]
    public void History_holds_from_the_time_of_the_run_on_and_a_column_that_says_which_run_wrote_a_row_is_no_change()
    {
        var document = Load("""<hive table="staging.t" mode="scd2" keys="id" loadColumns="true"/>""");
        hub.Succeeds(document, "r1");
        hub.Write("landing/a.csv", "id,name\n1,a\n2,c\n");
        hub.Time.Now = hub.Time.Now.AddDays(1);
        hub.Succeeds(document, "r2");

        Assert.Equal(
            [
                [1L, "a", "r1", 1L, null, true],
                [2L, "b", "r1", 1L, 2L, false],
                [2L, "c", "r2", 2L, null, true],
            ],
            hub.Table("staging.t", "id, name, _run_id, day(valid_from), day(valid_to), is_current")
        );
    }

    [Theory]
    [InlineData("""mode="scd2" """, "a merge needs keys to find rows by")]
    [InlineData("""mode="scd2" keys="id,name" """, "there is no column beside the keys whose history could be kept")]
    [InlineData("""mode="scd2" keys="id" deleteWhen="true" """, "deleteWhen belongs to mode=\"merge\", but the mode is scd2")]
    [InlineData("""mode="merge" keys="id" since="name" """, "since belongs to mode=\"scd2\", but the mode is merge")]
    public void What_does_not_go_together_with_a_mode_is_refused(string attributes, string message) =>
        Finds(Rule.ConflictingAttributes, message, $"""<hive table="staging.t" {attributes}/>""");

    [Fact]
    public void A_row_does_not_hold_since_a_column_that_is_not_there() =>
        Finds(
            Rule.UnknownColumn,
            "what is written has no column 'nmae'",
            """<hive table="staging.t" mode="scd2" keys="id" since="nmae"/>"""
        );

    [Fact]
    public void A_row_holds_from_a_time_on_and_not_from_a_text() =>
        Finds(
            Rule.TypeMismatch,
            "the column 'name' is VARCHAR, not a time",
            """<hive table="staging.t" mode="scd2" keys="id" since="name"/>"""
        );

    [Fact]
    public void A_column_with_a_name_of_the_history_s_is_refused()
    {
        hub.Write("landing/a.csv", "id,valid_to\n1,2024-01-01\n");
        Finds(
            Rule.ConflictingAttributes,
            "the column 'valid_to' is the table's own, which says when a row held",
            """<hive table="staging.t" mode="scd2" keys="id"/>"""
        );
    }

    [Fact]
    public void Orc_is_refused_with_what_to_use_instead()
    {
        var finding = Finds(Rule.Unsupported, "tables are not stored as ORC", """<hive table="staging.t" format="orc"/>""");
        Assert.Equal("use delta, or parquet for engines that read files", finding.Hint);
    }

    [Fact]
    public void Parquet_files_are_not_put_among_those_of_a_Delta_table()
    {
        hub.Succeeds(Load("""<hive table="staging.t"/>"""));
        Finds(Rule.PathRefused, "crm.staging.t is a Delta table", """<hive table="staging.t" format="parquet"/>""");
        Assert.Equal(2, hub.Table("staging.t").Count);
    }

    [Fact]
    public void A_column_that_the_table_does_not_have_is_found_before_the_run_unless_the_table_evolves()
    {
        Table([], new("id", LogicalType.BigInt), new("nmae", LogicalType.Varchar));
        var finding = Finds(Rule.SchemaDrift, "table crm.staging.t has no column 'name'", """<hive table="staging.t"/>""");
        Assert.Equal("did you mean 'nmae'?", finding.Hint);
        Assert.DoesNotContain(hub.Validate(Load("""<hive table="staging.t" evolve="true"/>""")), f => f.Severity == Severity.Error);
    }

    [Fact]
    public void A_column_of_another_type_is_found_before_the_run()
    {
        Table([], new("id", LogicalType.Integer), new("name", LogicalType.Varchar));
        Finds(
            Rule.TypeMismatch,
            "table crm.staging.t has 'id' as INTEGER, but what is written has it as BIGINT",
            """<hive table="staging.t"/>"""
        );
    }

    [Fact]
    public void What_fits_the_table_s_types_without_loss_is_written()
    {
        Table([], new("ID", LogicalType.Parse("DECIMAL(20,0)")), new("name", LogicalType.Varchar));
        hub.Succeeds(Load("""<hive table="staging.t"/>"""));
        Assert.Equal(2, hub.Table("staging.t").Count);
    }

    [Fact]
    public void A_column_that_the_table_demands_is_missed_before_the_run()
    {
        Table([], new("id", LogicalType.BigInt), new("name", LogicalType.Varchar), new("country", LogicalType.Varchar, Nullable: false));
        Finds(
            Rule.SchemaDrift,
            "table crm.staging.t demands the column 'country', which what is written does not have",
            """<hive table="staging.t"/>"""
        );
    }

    [Theory]
    [InlineData(null, "table crm.staging.t is not partitioned")]
    [InlineData("id", "table crm.staging.t is partitioned by id")]
    public void Other_partitions_than_the_table_s_are_found_before_the_run(string? partition, string message)
    {
        Table(partition is null ? [] : [partition], new("id", LogicalType.BigInt), new("name", LogicalType.Varchar));
        Finds(Rule.SchemaDrift, message, """<hive table="staging.t" partitionBy="name"/>""");
    }

    [Fact]
    public void The_table_s_own_partitions_need_not_be_said_again()
    {
        Table(["name"], new("id", LogicalType.BigInt), new("name", LogicalType.Varchar));
        hub.Succeeds(Load("""<hive table="staging.t"/>"""));
    }

    [Fact]
    public void A_table_whose_folder_is_a_link_out_of_the_hub_is_refused()
    {
        Directory.CreateDirectory(hub.Data("staging"));
        Directory.CreateSymbolicLink(hub.Data("staging/t"), hub.Outside);
        Finds(Rule.PathRefused, "table crm.staging.t is a link that leaves the hub root", """<hive table="staging.t"/>""");
        Finds(Rule.PathRefused, "table crm.staging.t is a link that leaves the hub root", """<hive table="staging.t" format="parquet"/>""");
        Assert.Equal([hub.Root.Path], Directory.GetFileSystemEntries(hub.Outside));
    }

    [Theory]
    [InlineData("""<csv path="out"/>""")]
    [InlineData("""<hive table="staging.t" format="parquet"/>""")]
    public void Bad_rows_that_no_table_would_keep_are_a_conflict(string target) =>
        Assert.Contains(
            hub.Validate(hub.Pipeline("""<csv id="a" path="landing/a.csv" onBadRow="quarantine"/>""", "", target)),
            f => f.Rule == Rule.ConflictingAttributes && f.Message.StartsWith("bad rows of 'a' are to be kept", StringComparison.Ordinal)
        );

    [Fact]
    public void Bad_rows_of_two_sources_are_kept_beside_one_table()
    {
        const string Source = """path="landing/{0}.csv" schemaRef="schemas/a.avsc" onBadRow="quarantine" """;
        hub.Write(
            "config/applications/crm/staging/schemas/a.avsc",
            """{ "type": "record", "name": "a", "fields": [{ "name": "id", "type": "int" }] }"""
        );
        hub.Write("landing/x.csv", "id\n1\nbad\n");
        hub.Write("landing/y.csv", "id\n2\nworse\n");
        var document = hub.Pipeline(
            $"<csv id=\"x\" {string.Format(null, Source, "x")}/><csv id=\"y\" {string.Format(null, Source, "y")}/>",
            """<merge id="all" sources="x,y"/>""",
            """<hive table="staging.t"/>"""
        );
        hub.Succeeds(document, "r1");
        hub.Succeeds(document, "r1");
        Assert.Equal(
            [
                ["bad"],
                ["worse"],
            ],
            hub.Table("staging.t_quarantine", "text")
        );
    }

    private DocumentFile Load(string target) => hub.Pipeline("""<csv id="a" path="landing/a.csv"/>""", "", target);

    private void Table(string[] partitionBy, params TableColumn[] columns)
    {
        using var database = Database.Open();
        using var connection = database.Connect();
        var nothing = string.Join(", ", columns.Select(c => $"CAST(NULL AS {c.Type}) AS {Sql.Identifier(c.Name)}"));
        new DeltaTable(new LocalStorage(hub.Root.Path), "data/applications/crm/staging/t").Write(
            connection,
            $"SELECT {nothing} LIMIT 0",
            new WriteOptions
            {
                TransactionId = "made",
                Schema = columns,
                PartitionBy = partitionBy,
            }
        );
    }

    private List<object?[]> Parquet() =>
        hub.Query($"SELECT * FROM read_parquet({Sql.Literal(hub.Data("staging/t/**/*.parquet"))}, hive_partitioning = true) ORDER BY 1");

    private Diagnostic Finds(Rule rule, string message, string target) =>
        Assert.Single(hub.Validate(Load(target)), f => f.Rule == rule && f.Message.Contains(message, StringComparison.Ordinal));
}
