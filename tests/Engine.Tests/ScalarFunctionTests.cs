namespace ServerlessHub.Engine.Tests;

public sealed class ScalarFunctionTests : EngineTest
{
    private static readonly ScalarFunction Twice = new(
        "twice",
        [LogicalType.BigInt],
        LogicalType.BigInt,
        (input, output) =>
        {
            var from = input.Column(0).Span<long>();
            var to = output.Span<long>();
            for (var i = 0; i < from.Length; i++)
                to[i] = unchecked(from[i] * 2);
        }
    );

    private static ScalarFunction Reverse(bool handlesNulls = false) =>
        new(
            "turned",
            [LogicalType.Varchar],
            LogicalType.Varchar,
            (input, output) =>
            {
                var texts = input.Column(0);
                for (var i = 0; i < input.Length; i++)
                {
                    if (texts.IsNull(i) && handlesNulls)
                        output.SetText(i, "nothing");
                    else
                        output.SetText(i, new string([.. texts.Text(i).Reverse()]));
                }
            }
        )
        {
            HandlesNulls = handlesNulls,
        };

    [Fact]
    public void Texts_that_are_written_at_once_are_those_that_are_written_one_by_one()
    {
        Connection.Register(
            new(
                "copied",
                [LogicalType.Varchar],
                LogicalType.Varchar,
                (input, output) =>
                {
                    var column = input.Column(0);
                    var bytes = new List<byte>();
                    var ends = new int[input.Length];
                    for (var row = 0; row < ends.Length; row++)
                    {
                        bytes.AddRange(column.Bytes(row));
                        ends[row] = bytes.Count;
                    }
                    output.SetCheckedTexts(bytes.ToArray(), ends);
                }
            )
        );
        // Lengths around the 12 bytes that stand in a column itself, long ones in the first row and elsewhere, and nulls.
        Connection.Execute(
            """
            CREATE TABLE texts AS
            SELECT CASE WHEN i % 11 = 3 THEN NULL ELSE repeat('ü' || (i % 7), (i * 31 % 40) // 3) || repeat('x', i % 3) END AS text
            FROM range(1, 30000) t(i)
            """
        );
        // Equal texts are also found equal by a hash of all their bytes.
        using var result = Connection.Query(
            "SELECT count(*) FILTER (text IS DISTINCT FROM copied(text)), count(DISTINCT copied(text)) - count(DISTINCT text) FROM texts"
        );
        Assert.Equal([0L, 0L], result.Rows().Single());
    }

    [Fact]
    public void Texts_that_end_behind_their_bytes_are_refused()
    {
        Connection.Register(new("short", [LogicalType.BigInt], LogicalType.Varchar, (_, output) => output.SetCheckedTexts("ab"u8, [1, 3])));
        var error = Fails("SELECT short(i) FROM range(2) t(i)");
        Assert.IsType<ArgumentOutOfRangeException>(error.InnerException);
    }

    [Fact]
    public void A_function_is_called_once_a_vector()
    {
        var calls = 0;
        Connection.Register(
            new(
                "counted",
                [LogicalType.BigInt],
                LogicalType.BigInt,
                (input, output) =>
                {
                    Interlocked.Increment(ref calls);
                    input.Column(0).Span<long>().CopyTo(output.Span<long>());
                }
            )
        );
        using var result = Connection.Query("SELECT sum(counted(i)) FROM range(20480) t(i)");
        Assert.Equal(20479L * 20480 / 2, result.Scalar<long>());
        Assert.InRange(calls, 1, 20);
    }

    [Fact]
    public void A_null_argument_gives_null()
    {
        Connection.Register(Twice);
        using var result = Connection.Query("SELECT twice(x) FROM (VALUES (1::BIGINT), (NULL), (3)) t(x)");
        Assert.Equal([2L, null, 6L], result.Rows().Select(r => r[0]));
    }

    [Fact]
    public void A_null_among_many_rows_of_text_gives_null()
    {
        Connection.Register(Reverse());
        using var result = Connection.Query(
            "SELECT count(*), count(turned(x)), count(DISTINCT turned(x)) FROM (SELECT CASE WHEN i % 3 > 0 THEN 'a long text, number ' || i END x FROM range(9000) t(i))"
        );
        Assert.Equal([9000L, 6000L, 6000L], result.Rows().Single());
    }

    [Fact]
    public void A_function_may_handle_nulls_itself()
    {
        Connection.Register(Reverse(handlesNulls: true));
        using var result = Connection.Query(
            "SELECT turned(x) FROM (VALUES ('ab'), (NULL), ('a text that is longer than twelve bytes')) t(x)"
        );
        Assert.Equal(["ba", "nothing", "setyb evlewt naht regnol si taht txet a"], result.Rows().Select(r => r[0]));
    }

    [Fact]
    public void Constants_are_folded()
    {
        Connection.Register(Twice);
        using var result = Connection.Query("SELECT twice(21) + i * 0 FROM range(5000) t(i)");
        Assert.All(result.Rows(), row => Assert.Equal(42L, row[0]));
    }

    [Fact]
    public void A_constant_beside_a_column_is_there_in_every_row()
    {
        Connection.Register(
            new(
                "joined",
                [LogicalType.Varchar, LogicalType.Varchar],
                LogicalType.Varchar,
                (input, output) =>
                {
                    var left = input.Column(0);
                    var right = input.Column(1);
                    for (var i = 0; i < input.Length; i++)
                        output.SetText(i, left.Text(i) + right.Text(i));
                }
            )
        );
        using var result = Connection.Query(
            "SELECT count(*) FROM range(5000) t(i) WHERE joined(i::VARCHAR, ' is the number') = i || ' is the number'"
        );
        Assert.Equal(5000, result.Scalar<long>());
    }

    [Fact]
    public void A_volatile_function_is_called_for_every_row()
    {
        var next = 0L;
        Connection.Register(
            new(
                "ticket",
                [],
                LogicalType.BigInt,
                (input, output) =>
                {
                    for (var i = 0; i < input.Length; i++)
                        output.Span<long>()[i] = Interlocked.Increment(ref next);
                }
            )
            {
                IsVolatile = true,
            }
        );
        using var result = Connection.Query("SELECT count(DISTINCT ticket()) FROM range(5000)");
        Assert.Equal(5000, result.Scalar<long>());
    }

    [Fact]
    public void A_function_takes_any_number_of_arguments_of_any_type()
    {
        Connection.Register(
            new(
                "types",
                [],
                LogicalType.Varchar,
                (input, output) =>
                {
                    for (var i = 0; i < input.Length; i++)
                        output.SetText(i, string.Join('|', input.Types));
                }
            )
            {
                VarArgs = LogicalType.Any,
            }
        );
        using var result = Connection.Query("SELECT types(i, 'x', [1.5], {'a': DATE '2024-01-01'}) FROM range(2) t(i)");
        Assert.Equal("BIGINT|VARCHAR|DECIMAL(2,1)[]|STRUCT(a DATE)", result.Scalar<string>());
    }

    [Fact]
    public void A_functions_exception_is_the_querys_error_and_is_carried_along()
    {
        var cause = new FormatException("no such token");
        Connection.Register(new("fails", [LogicalType.BigInt], LogicalType.BigInt, (_, _) => throw cause));
        var error = Assert.Throws<EngineException>(() => Connection.Execute("SELECT fails(i) FROM range(10) t(i)"));
        Assert.Equal("no such token", error.Message);
        Assert.Equal(EngineErrorKind.InvalidInput, error.Kind);
        Assert.Same(cause, error.InnerException);
    }

    [Fact]
    public void AConnection_works_on_after_a_function_failed()
    {
        Connection.Register(new("fails", [LogicalType.BigInt], LogicalType.BigInt, (_, _) => throw new FormatException("no")));
        Assert.Throws<EngineException>(() => Connection.Execute("SELECT fails(i) FROM range(10) t(i)"));
        using var result = Connection.Query("SELECT 1");
        Assert.Equal(1, result.Scalar<int>());
    }

    [Fact]
    public void Nested_arguments_and_results_pass()
    {
        var type = LogicalType.Parse("STRUCT(a BIGINT, b VARCHAR[])");
        Connection.Register(
            new(
                "same",
                [type],
                type,
                (input, output) =>
                {
                    for (var i = 0; i < input.Length; i++)
                        output.SetValue(i, input.Column(0).GetValue(i));
                }
            )
        );
        using var result = Connection.Query(
            "SELECT count(*) FROM (SELECT {'a': i, 'b': CASE WHEN i % 5 > 0 THEN ['x' || i, NULL, 'constant'] END} s FROM range(6000) t(i)) WHERE same(s) = s"
        );
        Assert.Equal(6000, result.Scalar<long>());
    }

    [Fact]
    public void Functions_of_one_name_differ_by_their_types()
    {
        Connection.Register(new("kind", [LogicalType.BigInt], LogicalType.Varchar, (input, output) => Fill(input, output, "number")));
        Connection.Register(new("kind", [LogicalType.Date], LogicalType.Varchar, (input, output) => Fill(input, output, "date")));
        using var result = Connection.Query("SELECT kind(1::BIGINT), kind(DATE '2024-01-01')");
        Assert.Equal(["number", "date"], result.Rows().Single());

        static void Fill(DataChunk input, VectorWriter output, string text)
        {
            for (var i = 0; i < input.Length; i++)
                output.SetText(i, text);
        }
    }

    [Fact]
    public void A_function_is_known_to_otherConnections()
    {
        Connection.Register(Twice);
        using var other = Database.Connect();
        using var result = other.Query("SELECT twice(4)");
        Assert.Equal(8, result.Scalar<long>());
    }

    [Fact]
    public void Bytes_that_are_no_text_are_refused()
    {
        Connection.Register(new("broken", [], LogicalType.Varchar, (_, output) => output.SetBytes(0, [0xC3, 0x28])));
        var error = Assert.Throws<EngineException>(() => Connection.Execute("SELECT broken()"));
        Assert.IsType<ArgumentException>(error.InnerException);
    }
}
