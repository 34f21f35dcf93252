using System.Data.SqlTypes;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Tests.Definitions;

public sealed class ParameterValuesTests
{
    private static readonly SourceLocation Declared = new("p.xml", 3, 5);
    private static readonly BuiltInParameters BuiltIns = new(
        "crm",
        "staging",
        "load",
        "r1",
        2,
        new DateTimeOffset(2026, 2, 3, 1, 0, 0, TimeSpan.FromHours(2))
    );

    [Theory]
    [InlineData("string", "a=b ", "a=b ")]
    [InlineData("boolean", "true", "true")]
    [InlineData("int", "-5", "-5")]
    [InlineData("long", "9223372036854775807", "9223372036854775807")]
    [InlineData("double", "2.50e1", "25")]
    [InlineData("float", "-0.5", "-0.5")]
    [InlineData("decimal(5,2)", "123.40", "123.40")]
    [InlineData("decimal(38,0)", "12345678901234567890123456789012345678", "12345678901234567890123456789012345678")]
    [InlineData("date", "2024-02-29", "2024-02-29")]
    [InlineData("timestamp", "2026-01-31", "2026-01-31T00:00:00Z")]
    [InlineData("timestamp", "2026-01-31T18:30:00.25+01:00", "2026-01-31T17:30:00.25Z")]
    [InlineData("timestamp_ntz", "2026-01-31 18:30", "2026-01-31T18:30:00")]
    [InlineData("binary", "AQI=", "AQI=")]
    public void A_text_becomes_a_value_of_the_type_and_a_text_again(string type, string text, string expected)
    {
        var (values, findings) = Of([Spec("x", type)], ("x", text));

        Assert.Empty(findings);
        Assert.Equal(DataType.Parse(type).Type, values.Types["x"]);
        Assert.Equal(expected, values.Text("x"));
    }

    [Fact]
    public void Values_are_of_the_types_that_the_engine_takes()
    {
        string[] types =
        [
            "string",
            "boolean",
            "int",
            "long",
            "float",
            "double",
            "decimal(5,2)",
            "decimal(38,0)",
            "date",
            "timestamp",
            "timestamp_ntz",
            "binary",
        ];
        string[] texts = ["a", "true", "1", "1", "1", "1", "1.5", new string('9', 38), "2026-01-31", "2026-01-31", "2026-01-31", "AQI="];
        var (values, _) = Of([.. types.Select((t, i) => Spec($"p{i}", t))], [.. texts.Select((t, i) => ($"p{i}", t))]);
        using var database = Database.Open();
        using var connection = database.Connect();

        foreach (var (name, type) in values.Types)
        {
            connection.SetVariable(name, values[name], type);
            using var result = connection.Query($"SELECT typeof(getvariable('{name}'))");
            Assert.Equal(type.ToString(), result.Scalar<string>());
        }
        Assert.IsType<SqlDecimal>(values["p7"]);
    }

    [Theory]
    [InlineData("boolean", "yes", "it must be true or false")]
    [InlineData("int", "2147483648", "it must be a whole number from -2147483648 to 2147483647")]
    [InlineData("int", "1.0", "it must be a whole number")]
    [InlineData("int", " 1", "it must be a whole number")]
    [InlineData("long", "x", "it must be a whole number")]
    [InlineData("double", "1,5", "it must be a number")]
    [InlineData("double", "NaN", "it must be a number")]
    [InlineData("decimal(5,2)", "1234", "it must be a number of at most 3 digits before the point and 2 after it")]
    [InlineData("decimal(5,2)", "0.001", "it must be a number of at most")]
    [InlineData("decimal(5,2)", ".", "it must be a number of at most")]
    [InlineData("date", "31.01.2026", "it must be a date such as 2026-01-31")]
    [InlineData("date", "2026-02-30", "it must be a date")]
    [InlineData("timestamp", "2026-02-30T00:00:00Z", "it must be a moment in ISO 8601")]
    [InlineData("timestamp", "", "it must be a moment in ISO 8601")]
    [InlineData("binary", "!", "it must be bytes in base64")]
    public void A_text_that_is_no_value_of_the_type_is_reported(string type, string text, string reason)
    {
        var (values, findings) = Of([Spec("x", type)], ("x", text));

        var finding = Assert.Single(findings);
        Assert.Equal((Rule.BadParameter, Declared), (finding.Rule, finding.Location));
        Assert.StartsWith($"the parameter 'x' cannot be '{text}': {reason}", finding.Message);
        Assert.Null(values["x"]);
    }

    [Fact]
    public void Built_in_parameters_are_always_there()
    {
        var (values, findings) = Of([]);

        Assert.Empty(findings);
        Assert.Equal(
            "app=crm attempt=2 layer=staging pipeline=load runDate=2026-02-02 runId=r1 runTime=2026-02-02T23:00:00Z",
            string.Join(' ', values.Types.Keys.Order().Select(n => $"{n}={values.Text(n)}"))
        );
    }

    [Fact]
    public void The_date_of_a_run_follows_its_time_unless_it_is_given()
    {
        Assert.Equal("2020-05-05", Of([], ("runTime", "2020-05-05T12:00:00Z")).Values.Text("runDate"));
        var (values, _) = Of([], ("runDate", "2020-05-05"));

        Assert.Equal(new DateOnly(2020, 5, 5), values["runDate"]);
        Assert.Equal(BuiltIns.RunTime, values.RunTime);
    }

    [Theory]
    [InlineData("runId", "the parameter 'runId' cannot be given: the hub sets it")]
    [InlineData("contry", "there is no parameter 'contry'; did you mean 'country'?")]
    [InlineData("rundate", "there is no parameter 'rundate'; did you mean 'runDate'?")]
    [InlineData("qqqqqq", "there is no parameter 'qqqqqq'; parameters: country, runDate, runTime")]
    public void What_cannot_be_given_is_refused(string name, string message)
    {
        var (_, findings) = Of([Spec("country", "string", "CH")], (name, "x"));

        Assert.Equal("parameters: error HUB5002: " + message, Assert.Single(findings).ToString());
    }

    [Fact]
    public void A_default_holds_when_nothing_is_given()
    {
        Assert.Equal(7, Of([Spec("n", "int", "7")]).Values["n"]);
        Assert.Equal(8, Of([Spec("n", "int", "7")], ("n", "8")).Values["n"]);
    }

    [Fact]
    public void A_required_parameter_lacks_only_when_there_is_a_run()
    {
        ParameterSpec[] specs = [Spec("n", "int") with { IsRequired = true }, Spec("m", "int")];

        var (run, findings) = Of(specs);
        Assert.Equal(
            "p.xml:3:5: error HUB5002: the parameter 'n' is required but not given; give it: n=…",
            Assert.Single(findings).ToString()
        );
        Assert.True(run.IsKnown("m"));
        Assert.Null(run["m"]);

        var open = ParameterValues.Of(
            specs,
            new Dictionary<string, string>(),
            BuiltIns with
            {
                RunId = null,
            },
            isComplete: false,
            findings = []
        );
        Assert.Empty(findings);
        Assert.False(open.IsKnown("n") || open.IsKnown("m") || open.IsKnown("runId"));
        Assert.Equal(LogicalType.Integer, open.Types["n"]);
    }

    [Fact]
    public void Assignments_are_read_up_to_the_first_equals_sign()
    {
        var findings = new Diagnostics();

        var given = ParameterValues.Assignments(["a=1", "b=x=y", "c=", "nonsense", "=x", "a=2"], findings);

        Assert.Equal([("a", "1"), ("b", "x=y"), ("c", "")], given.Select(g => (g.Key, g.Value)));
        Assert.Equal(
            ["'nonsense' is no parameter", "'=x' is no parameter", "the parameter 'a' is given twice"],
            findings.Select(f => f.Message)
        );
    }

    [Fact]
    public void Whatever_is_written_reads_back() =>
        Prop.ForAll(
                Gen.OneOf(
                        ArbMap.Default.GeneratorFor<bool>().Select(b => ((object)b, LogicalType.Boolean)),
                        ArbMap.Default.GeneratorFor<int>().Select(n => ((object)n, LogicalType.Integer)),
                        ArbMap.Default.GeneratorFor<long>().Select(n => ((object)n, LogicalType.BigInt)),
                        ArbMap.Default.GeneratorFor<NormalFloat>().Select(n => ((object)n.Get, LogicalType.Double)),
                        ArbMap.Default.GeneratorFor<DateOnly>().Select(d => ((object)d, LogicalType.Date)),
                        ArbMap.Default.GeneratorFor<byte[]>().Select(b => ((object)b, LogicalType.Blob)),
                        Gen.Choose(0, int.MaxValue)
                            .Select(s => ((object)DateTimeOffset.FromUnixTimeMilliseconds(s * 1000L + s % 1000), LogicalType.TimestampTz)),
                        Gen.Choose(-99999, 99999).Select(n => ((object)(n / 100m), LogicalType.Decimal(5, 2)))
                    )
                    .ToArbitrary(),
                pair =>
                {
                    var (value, type) = pair;
                    Assert.Equal(value, ParameterValue.Parse(ParameterValue.Write(value), type).Value);
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_is_a_value_or_is_reported() =>
        Prop.ForAll(
                Gen.Elements("string", "boolean", "int", "double", "decimal(38,4)", "date", "timestamp", "timestamp_ntz", "binary")
                    .ToArbitrary(),
                Gen.OneOf(
                        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => s.Get),
                        Gen.Elements("0", "1", "-", ".", "2026", "-01", "T", ":", "Z", "e", "9").ListOf().Select(string.Concat)
                    )
                    .ToArbitrary(),
                (type, text) =>
                {
                    var (value, reason) = ParameterValue.Parse(text, DataType.Parse(type).Type!);
                    return value is null != reason is null;
                }
            )
            .QuickCheckThrowOnFailure();

    private static (ParameterValues Values, Diagnostics Findings) Of(ParameterSpec[] specs, params (string Name, string Text)[] given)
    {
        var findings = new Diagnostics();
        return (ParameterValues.Of(specs, given.ToDictionary(g => g.Name, g => g.Text), BuiltIns, isComplete: true, findings), findings);
    }

    private static ParameterSpec Spec(string name, string type, string? @default = null) =>
        new(name, DataType.Parse(type).Type!, @default, IsRequired: false, Declared);
}
