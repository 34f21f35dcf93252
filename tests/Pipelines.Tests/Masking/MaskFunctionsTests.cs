using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Masking;

namespace ServerlessHub.Pipelines.Tests.Masking;

public sealed class MaskFunctionsTests : IDisposable
{
    private readonly Database database = Database.Open();
    private readonly Connection connection;

    public MaskFunctionsTests() => connection = database.Connect();

    public void Dispose()
    {
        connection.Dispose();
        database.Dispose();
    }

    private void Register(MaskStrategy strategy, MaskOptions? options = null) =>
        MaskFunctions.Register(connection, "masked", "ssn", strategy, Samples.Key, options);

    private object?[] Column(string sql)
    {
        using var result = connection.Query(sql);
        return [.. result.Rows().Select(row => row[0])];
    }

    public static TheoryData<MaskStrategy, MaskOptions> Deterministic =>
        new()
        {
            { MaskStrategy.Hash, new MaskOptions() },
            {
                MaskStrategy.Redact,
                new MaskOptions { KeepLast = 4 }
            },
            { MaskStrategy.Tokenize, new MaskOptions() },
            {
                MaskStrategy.Tokenize,
                new MaskOptions { PreserveFormat = true }
            },
        };

    [Theory]
    [MemberData(nameof(Deterministic))]
    public void SQL_gives_what_the_mask_gives(MaskStrategy strategy, MaskOptions options)
    {
        // Runs of equal values, nulls, short and long ones, over several vectors and threads.
        const string Values =
            "SELECT CASE WHEN i % 7 = 0 THEN NULL WHEN i % 1000 = 1 THEN repeat('x1', 500) ELSE 'Jane ' || (i // 3) END AS v FROM range(100000) t(i)";
        Register(strategy, options);
        using var mask = Mask.Create(strategy, Samples.Key, options);
        var values = Column($"SELECT v FROM ({Values})").Select(value => (string?)value).ToArray();
        Assert.Equal(Samples.Apply(mask, values), Column($"SELECT masked(v) FROM ({Values})"));
    }

    [Fact]
    public void Encrypted_values_differ_even_where_the_values_are_the_same()
    {
        Register(MaskStrategy.Encrypt);
        using var mask = Mask.Create(MaskStrategy.Encrypt, Samples.Key);
        var encrypted = Column("SELECT masked('Jane') FROM range(3000)").Select(value => (string?)value).ToArray();
        Assert.Equal(3000, encrypted.Distinct().Count());
        Assert.All(Samples.Undo(mask, encrypted), value => Assert.Equal("Jane", value));
    }

    [Fact]
    public void Tokens_join()
    {
        Register(MaskStrategy.Tokenize);
        var joined = Column(
            "SELECT count(*) FROM (SELECT masked('v' || i) AS a FROM range(10000) t(i)) JOIN (SELECT masked('v' || (2 * i)) AS b FROM range(10000) t(i)) ON a = b"
        );
        Assert.Equal(5000L, joined[0]);
    }

    [Fact]
    public void Large_values_are_masked_a_few_at_a_time()
    {
        Register(MaskStrategy.Tokenize);
        using var mask = Mask.Create(MaskStrategy.Tokenize, Samples.Key);
        var tokens = Column("SELECT masked(i || repeat('-', 300000)) FROM range(20) t(i)").Select(value => (string?)value).ToArray();
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i + new string('-', 300_000)), Samples.Undo(mask, tokens));
    }

    [Fact]
    public void A_value_that_cannot_be_masked_names_the_column_and_not_the_value()
    {
        Register(MaskStrategy.Tokenize, new MaskOptions { PreserveFormat = true });
        var error = Assert.Throws<EngineException>(() => Column("SELECT masked(v) FROM (VALUES ('नमस्ते')) t(v)"));
        Assert.IsType<MaskException>(error.InnerException);
        Assert.Contains("Column 'ssn'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("नमस्ते", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mask_goes_on_after_a_value_that_it_refused()
    {
        Register(MaskStrategy.Tokenize, new MaskOptions { PreserveFormat = true });
        using var mask = Mask.Create(MaskStrategy.Tokenize, Samples.Key, new MaskOptions { PreserveFormat = true });
        Assert.Throws<EngineException>(() => Column("SELECT masked('नमस्ते')"));
        Assert.Equal([mask.Apply("123-45-6789")], Column("SELECT masked('123-45-6789')"));
    }

    [Fact]
    public void What_cannot_be_masked_at_all_is_refused_when_it_is_registered()
    {
        Assert.Throws<ArgumentException>(() => Register(MaskStrategy.Hash, new MaskOptions { KeepLast = 1 }));
        Assert.Throws<MaskException>(() => Register(MaskStrategy.Hash, new MaskOptions { KeyVersion = 5 }));
    }
}
