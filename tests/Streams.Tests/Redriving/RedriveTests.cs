using System.Globalization;
using ServerlessHub.Lake;
using ServerlessHub.Streams.Redriving;

namespace ServerlessHub.Streams.Tests.Redriving;

public sealed class RedriveTests : IDisposable
{
    private const int Events = CorrectedStream.Events;

    private readonly CorrectedStream _stream = new();

    public void Dispose() => _stream.Dispose();

    [Fact]
    public void What_is_right_by_the_corrected_document_is_in_all_tables_as_if_it_had_been_from_the_beginning()
    {
        _stream.Take(0, 30);
        _stream.Take(30, Events);
        var letters = _stream.Count("raw_dead_letters");

        var result = Redrive(_stream.Corrected);

        Assert.Equal(letters, result.Letters);
        Assert.Equal(9, result.Redriven);
        var reasons = result.Dead.ToDictionary(d => d.Reason, d => d.Letters);
        Assert.Equal(["it has no id", "it is no JSON object"], reasons.Keys.Order());
        Assert.Equal(letters - 9, _stream.Count("raw_dead_letters"));
        _stream.AssertAsIfFromTheBeginning(Events);
        // Nothing is left that would be right.
        var versions = _stream.Versions();
        Assert.Equal(0, Redrive(_stream.Corrected).Redriven);
        Assert.Equal(versions["o"], _stream.Versions()["o"]);
        Assert.Equal(versions["o_items"], _stream.Versions()["o_items"]);
        _stream.AssertAsIfFromTheBeginning(Events);
        _stream.TakeCorrected(Events, Events + 20);
        _stream.AssertProven();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void What_dies_after_any_of_its_commits_is_done_once_when_it_is_done_again(int commits)
    {
        string[] order = ["o_items", "o", "computed", "carried", "lines", "raw_dead_letters"];
        _stream.Take(0, Events);
        foreach (var table in order[commits..])
            CorrectedStream.Copy(_stream.Folder(table), $"{_stream.Folder(table)}.before");
        Redrive(_stream.Corrected);
        foreach (var table in order[commits..])
        {
            Directory.Delete(_stream.Folder(table), recursive: true);
            Directory.Move($"{_stream.Folder(table)}.before", _stream.Folder(table));
        }

        var again = Redrive(_stream.Corrected);

        Assert.Equal(9, again.Redriven);
        _stream.AssertAsIfFromTheBeginning(Events);
    }

    [Fact]
    public void A_dry_run_says_what_would_come_of_it_and_writes_nothing()
    {
        _stream.Take(0, Events);
        var versions = _stream.Versions();

        using var processor = _stream.Corrected.Open();
        var all = processor.Redrive(new(), isDryRun: true);
        var some = processor.Redrive(
            new(Phase: "flatten", Reason: "NOT WHAT THE SCHEMA", Partition: new("orders", 0), From: 10, To: 20),
            isDryRun: true
        );

        Assert.Equal(9, all.Redriven);
        Assert.Equal((2, 2), (some.Letters, some.Redriven));
        Assert.Equal(versions, _stream.Versions());
    }

    [Fact]
    public void Only_those_that_are_asked_for_are_redriven()
    {
        _stream.Take(0, Events);
        using (var processor = _stream.Corrected.Open())
            Assert.Equal(2, processor.Redrive(new(Reason: "schema", From: 10, To: 20)).Redriven);
        _stream.AssertProven();
        Assert.Equal(7, Redrive(_stream.Corrected).Redriven);
        _stream.AssertAsIfFromTheBeginning(Events);
    }

    [Fact]
    public void A_letter_of_ingest_that_was_mended_becomes_a_row_of_the_raw_table_too()
    {
        _stream.Take(0, Events);
        Assert.Equal(0, Redrive(_stream.Strict).Redriven);
        var table = new DeltaTable(_stream.Strict.Root.Storage, "data/applications/shop/staging/raw_dead_letters");
        var mended = """encode('{"id":"mended","country":"CH","amount":1,"at":"2027-01-15T08:00:05Z","items":[]}')""";
        using (
            var change = table.StageUpdate(
                _stream.Strict.Connection,
                new Dictionary<string, string> { ["value"] = mended },
                "phase = 'ingest'",
                new CommitOptions { TransactionId = "mend" }
            )
        )
            change.Commit();

        Assert.Equal(2, Redrive(_stream.Strict).Redriven);

        _stream.AssertProven();
        Assert.Equal(
            ["8", "46"],
            _stream
                .Strict.Rows("raw", "CASE WHEN value LIKE '%mended%' THEN \"offset\" END")
                .Where(o => o is not null)
                .OrderBy(o => int.Parse(o, CultureInfo.InvariantCulture))
        );
        Assert.DoesNotContain("ingest", _stream.Strict.Rows("raw_dead_letters", "phase"));
    }

    [Fact]
    public void Where_rows_are_replaced_no_letter_replaces_what_came_after_it()
    {
        const string schema = "STRUCT(id BIGINT, n INTEGER, gone BOOLEAN, l INTEGER[])";
        static string Body(string onMisfit) =>
            $"""
                <ingest table="raw"><kafka bootstrapServers="b:1" topic="orders"/></ingest>
                <flatten root="o" key="id" mode="merge" deleteWhen="gone" schemaRef="s.json" onMisfit="{onMisfit}"/>
                <summarise><driver id="sums" table="sums" metrics="count:rows, sum:n:total"/></summarise>
                """;
        using var strict = new TestStream(Body("deadLetter"), schema);
        using var corrected = new TestStream(Body("rescue"), strict.Folder, schema);
        using (var processor = strict.Open())
        {
            processor.ProcessBatch(
                TestStream.Batch(
                    0,
                    0,
                    """{"id":1,"n":1,"l":[1]}""",
                    """{"id":1,"n":"newest","l":[2]}""",
                    """{"id":2,"n":"old","l":[3]}""",
                    """{"id":2,"n":20,"l":[4]}""",
                    """{"id":3,"n":"before it went","l":[5]}""",
                    """{"id":3,"gone":true}""",
                    """{"id":4,"n":"first","l":[6]}""",
                    """{"id":4,"n":"second","l":[7]}"""
                )
            );
            processor.ProcessBatch(TestStream.Batch(0, 8, """{"id":5,"n":5}"""));
        }
        Assert.Equal(["1 1", "2 20", "5 5"], strict.Rows("o", "id || ' ' || n"));

        var result = Redrive(corrected);

        Assert.Equal((5, 5), (result.Letters, result.Redriven));
        Assert.Equal(
            ["""1|{"n":"newest"}""", "2 20|", """4|{"n":"second"}""", "5 5|"],
            corrected.Rows("o", "concat(id, ' ' || n, '|', _rescued)")
        );
        Assert.Equal(["1 2", "2 4", "4 7"], corrected.Rows("o_l", "id || ' ' || value"));
        Assert.Equal(["4 25"], corrected.Rows("sums", "rows || ' ' || total"));
        Assert.Empty(corrected.Rows("raw_dead_letters", "reason"));
    }

    private static RedriveResult Redrive(TestStream stream)
    {
        using var processor = stream.Open();
        return processor.Redrive(new());
    }
}
