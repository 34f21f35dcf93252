using System.Data.SqlTypes;
using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Connectors.Csv;

namespace ServerlessHub.Pipelines.Tests.Connectors;

public sealed class CsvValueTests : IDisposable
{
    private readonly CsvRead csv = new() { OnBadRow = OnBadRow.Skip };

    public void Dispose() => csv.Dispose();

    [Theory]
    [InlineData("TINYINT", "127 -128 +5 007 -0 3.0 1e2", "128 -129 3.5 1e3 x - + . 1_0 0x1 ''")]
    [InlineData("UTINYINT", "0 255 200 -0", "256 -1")]
    [InlineData(
        "INTEGER",
        "2147483647 -2147483648 0002147483647",
        "2147483648 -2147483649 1,5 1.0000001 99999999999999999999999999999999999999999"
    )]
    [InlineData("BIGINT", "9223372036854775807 -9223372036854775808", "9223372036854775808 1e19 ١")]
    [InlineData("UBIGINT", "18446744073709551615", "18446744073709551616 -1")]
    [InlineData("HUGEINT", "99999999999999999999999999999999999999", "1e39 0.1")]
    [InlineData("DECIMAL(4,2)", "99.99 -99.99 1 .5 5. 1.500 12e-1 0.001e3", "100 99.999 1.005 1e9 1.2.3 .")]
    [InlineData("DECIMAL(9,3)", "999999.999", "1000000")]
    [InlineData("DECIMAL(18,6)", "999999999999.999999 -0.000001", "1000000000000 0.0000001")]
    [InlineData("DECIMAL(38,10)", "9999999999999999999999999999.9999999999 1e27", "1e28 0.00000000001")]
    [InlineData("DOUBLE", "1.5 -1e300 .5 5. 1e-400 nan -inf Infinity", "1e400 1,5 0x1p3 e5 infinit 1e")]
    [InlineData("FLOAT", "1.5 3.4e38", "1e39")]
    [InlineData("BOOLEAN", "true FALSE t F yes no Y n 1 0", "2 on truth 01")]
    [InlineData(
        "DATE",
        "2024-02-29 1999-1-5 2024/01/31 0001-01-01 9999-12-31 2024-01-01T00:00:00",
        "2023-02-29 2024-13-01 20240101 24-01-01 2024-01/01 2024-01-01T10:00:00 01.02.2024 2024-01-01x epoch"
    )]
    [InlineData("TIME", "00:00 23:59:59 7:30 10:00:00.123456", "24:00 10:60 10:00:60 10 10:00:00. 1000")]
    [InlineData(
        "TIMESTAMP WITH TIME ZONE",
        "2024-01-01 2024-01-01T10:00 2024-01-01T10:00:00Z 2024-01-01T10:00:00+02:00 2024-01-01T10:00:00-0130 2024-01-01T10:00:00.1234567+02",
        "2024-01-01T25:00:00 2024-01-01T10:00:00Europe/Zurich 2024-01-01T10:00:00+2 garbage now 2024-01-01T 2024-02-30T10:00:00Z"
    )]
    [InlineData("TIMESTAMP", "2024-01-01T10:00:00 2024-01-01T10:00:00Z 2024-01-01T10:00:00+00:00", "2024-01-01T10:00:00+02:00")]
    [InlineData(
        "TIMESTAMP",
        "1969-12-31T23:59:59.999999 0001-01-01T00:00:00 9999-12-31T23:59:59 2024-02-29T23:59:09.5 2000-1-05T01:02:03 2024-12-31t10:00:00Z",
        "2023-02-29T10:00:00 2024-00-01T10:00:00 2024-13-01T10:00:00 2024-01-00T10:00:00 2024-01-32T10:00:00 2024-01-01T24:00:00 2024-01-01T10:60:00 2024-01-01T10:00:60 2024-01-01T10:00:00. 2024-01-01T10:00:001 2024-01-01x10:00:00 2024-01-0aT10:00:00 2024-01-a1T10:00:00 202a-01-01T10:00:00 2024-01-01T1a:00:00 2024-01-01T10:00:0: 2024-01-01T10-00:00 0000-01-01T10:00:00 2024/01-01T10:00:00"
    )]
    [InlineData("TIMESTAMP_S", "2024-01-01T10:00:00.9", "2024-01-01T10:00:00.9+01:00")]
    [InlineData("TIMESTAMP_NS", "2024-01-01T10:00:00.123456789", "9999-01-01T10:00:00")]
    [InlineData(
        "UUID",
        "6f9619ff-8b86-d011-b42d-00c04fc964ff 6F9619FF8B86D011B42D00C04FC964FF",
        "6f9619ff-8b86-d011-b42d-00c04fc964f zz9619ff-8b86-d011-b42d-00c04fc964ff"
    )]
    [InlineData("BLOB", @"abc \x00\xFF a\x5Cb", @"\xG0 \x0 ä a\b")]
    public void A_value_is_read_exactly_or_its_row_is_bad(string type, string good, string bad)
    {
        var column = new Column("v", LogicalType.Parse(type));
        foreach (var text in good.Split(' '))
        {
            var row = Assert.Single(csv.Rows($"v\n{text}\n", column));
            Assert.Equal(Expected(text, column.Type), Plain(row[0]));
        }
        foreach (var text in bad.Split(' '))
            Assert.True(csv.Rows($"v\n{text}\n", column).Count == 0, $"'{text}' was read as {type}");
    }

    [Fact]
    public void Doubles_are_the_ones_that_the_runtime_reads() =>
        Prop.ForAll(
                Arb.From(Numbers.ListOf()),
                texts =>
                    Assert.Equal(
                        texts.Select(t => BitConverter.DoubleToInt64Bits(double.Parse(t, CultureInfo.InvariantCulture))),
                        csv.Rows($"v\n{string.Concat(texts.Select(t => t + "\n"))}", new Column("v", LogicalType.Double))
                            .Select(row => BitConverter.DoubleToInt64Bits((double)row[0]!))
                    )
            )
            .QuickCheckThrowOnFailure();

    private static Gen<string> Numbers =>
        from sign in Gen.Elements("", "-", "+")
        from whole in Digits
        from places in Digits
        from form in Gen.Choose(0, 3)
        where (form == 2 ? places : whole).Length > 0
        select sign
            + form switch
            {
                0 => whole,
                1 => $"{whole}.{places}",
                2 => $".{places}",
                _ => $"{whole}.{places}e-7",
            };

    // Around 16 digits a number stops being one that has an exact way to be read.
    private static Gen<string> Digits =>
        from length in Gen.Choose(0, 18)
        from digits in Gen.Choose('0', '9').ArrayOf(length)
        select string.Concat(digits.Select(d => (char)d));

    [Theory]
    [InlineData(" 42", "INTEGER")]
    [InlineData("42 ", "DECIMAL(5,2)")]
    [InlineData("\" 42\"", "DOUBLE")]
    public void Spaces_around_a_number_are_no_part_of_it(string text, string type) =>
        Assert.Equal(
            42m,
            Convert.ToDecimal(
                Assert.Single(csv.Rows($"v\n{text}\n", new Column("v", LogicalType.Parse(type))))[0],
                CultureInfo.InvariantCulture
            )
        );

    [Fact]
    public void Spaces_alone_are_no_number() => Assert.Empty(csv.Rows("v\n  \n", new Column("v", LogicalType.Integer)));

    [Fact]
    public void Escapes_within_a_number_are_resolved()
    {
        csv.Format = csv.Format with { Escape = (byte)'\\' };
        Assert.Empty(csv.Rows("v\n\"4\\\"2\"\n", new Column("v", LogicalType.Integer)));
        csv.Format = csv.Format with { Quote = (byte)'4', Escape = (byte)'4' };
        Assert.Equal(
            [
                [42],
            ],
            csv.Rows("v\n44424\n", new Column("v", LogicalType.Integer))
        );
    }

    [Fact]
    public void Rows_that_were_written_with_any_quoting_are_read_as_they_were() =>
        Prop.ForAll(Arb.From(Documents), document => Assert.Equal(document.Rows, csv.Rows(document.Content, [.. Columns])))
            .QuickCheckThrowOnFailure();

    private static readonly Column[] Columns =
    [
        new("i", LogicalType.Integer),
        new("s", LogicalType.Varchar),
        new("d", LogicalType.Decimal(12, 4)),
        new("x", LogicalType.Varchar),
        new("t", LogicalType.Date),
    ];

    private sealed record Document(List<object?[]> Rows, string Content)
    {
        public override string ToString() => Content.Replace("\r", "\\r", StringComparison.Ordinal);
    }

    private static Gen<string?> Texts =>
        Gen.Elements("a", "b", " ", ",", "\"", "\n", "\r\n", "\r", "ü", "日本", "😀", "NA", "\t", ";", "'", "\\")
            .ListOf()
            .Select(parts => (string?)string.Concat(parts))
            .OrNull();

    private static Gen<Document> Documents =>
        from rows in (
            from i in Gen.Choose(int.MinValue, int.MaxValue).Select(n => (object?)n).OrNull()
            from s in Texts
            from d in Gen.Choose(-1_000_000, 1_000_000).Select(n => (object?)(n / 10_000m)).OrNull()
            from x in Texts
            from t in Gen.Choose(0, 40_000).Select(n => (object?)new DateOnly(1950, 1, 1).AddDays(n)).OrNull()
            select new[] { i, s, d, x, t }
        ).ListOf()
        from quoting in Gen.Choose(0, 1).ArrayOf(1 + (rows.Count * 5))
        from ends in Gen.Elements("\n", "\r\n", "\r").ArrayOf(1 + rows.Count)
        from endsLast in Gen.Elements(true, false)
        select new Document([.. rows], Write([.. rows], quoting, ends, endsLast));

    /// <summary>A writer that quotes what must be quoted, and by chance what need not be.</summary>
    private static string Write(List<object?[]> rows, int[] quoting, string[] ends, bool endsLast)
    {
        var content = new StringBuilder("i,s,d,x,t").Append(ends[^1]);
        for (var r = 0; r < rows.Count; r++)
        {
            content.AppendJoin(',', rows[r].Select((value, c) => Field(value, quoting[(r * 5) + c] == 1)));
            content.Append(r < rows.Count - 1 || endsLast ? ends[r] : "");
        }
        return content.ToString();
    }

    private static string Field(object? value, bool quote)
    {
        if (value is null)
            return "";
        var text = value is DateOnly date ? $"{date:yyyy-MM-dd}" : Convert.ToString(value, CultureInfo.InvariantCulture)!;
        var must = value is string && (text.Length == 0 || text.AsSpan().ContainsAny(",\"\r\n"));
        return must || quote ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }

    private static object? Expected(string text, LogicalType type) =>
        type.Kind switch
        {
            TypeKind.Boolean => text.ToLowerInvariant() is "true" or "t" or "yes" or "y" or "1",
            TypeKind.Double or TypeKind.Float => text.TrimStart('-').ToLowerInvariant() switch
            {
                "nan" => double.NaN,
                "inf" or "infinity" => text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
                _ => double.Parse(text, CultureInfo.InvariantCulture),
            },
            TypeKind.Date => DateTime.Parse(text.Split('T')[0].Replace('/', '-'), CultureInfo.InvariantCulture),
            TypeKind.Time => TimeOnly.Parse(text, CultureInfo.InvariantCulture),
            TypeKind.TimestampTz or TypeKind.Timestamp => Micros(
                DateTimeOffset
                    .Parse(
                        text.EndsWith("+02", StringComparison.Ordinal) ? text + ":00"
                            : text.EndsWith("-0130", StringComparison.Ordinal) ? text.Replace("0130", "01:30", StringComparison.Ordinal)
                            : text,
                        CultureInfo.InvariantCulture,
                        DateTimeStyles.AssumeUniversal
                    )
                    .UtcDateTime
            ),
            TypeKind.TimestampS => new DateTime(2024, 1, 1, 10, 0, 0),
            TypeKind.TimestampNs => new DateTime(2024, 1, 1, 10, 0, 0).AddTicks(1_234_567),
            TypeKind.Uuid => Guid.Parse(text),
            TypeKind.Blob => text switch
            {
                "abc" => "616263",
                @"\x00\xFF" => "00ff",
                _ => "615c62",
            },
            _ => Number(text),
        };

    private static string Number(string text)
    {
        var e = text.IndexOf('e', StringComparison.Ordinal);
        var mantissa = SqlDecimal.Parse(e < 0 ? text : text[..e]);
        for (
            var exponent = e < 0 ? 0 : int.Parse(text[(e + 1)..], CultureInfo.InvariantCulture);
            exponent != 0;
            exponent -= Math.Sign(exponent)
        )
            mantissa = exponent > 0 ? mantissa * 10 : SqlDecimal.AdjustScale(mantissa, 3, true) / 10;
        return Normal(mantissa.ToString());
    }

    private static object? Plain(object? value) =>
        value switch
        {
            float f => double.Parse(f.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
            DateOnly d => d.ToDateTime(default),
            byte[] b => Convert.ToHexStringLower(b),
            DateTime or bool or double or Guid or TimeOnly => value,
            SqlDecimal d => Normal(d.ToString()),
            _ => Normal(Convert.ToString(value, CultureInfo.InvariantCulture)!),
        };

    private static string Normal(string number) =>
        number.Contains('.', StringComparison.Ordinal) ? number.TrimEnd('0').TrimEnd('.') : number;

    private static DateTime Micros(DateTime time) => time.AddTicks(-(time.Ticks % 10));
}
