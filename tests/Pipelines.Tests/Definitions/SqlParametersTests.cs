using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Tests.Definitions;

public sealed class SqlParametersTests
{
    // In each text a parameter is written in angle brackets instead of with a colon before it.
    [Theory]
    [InlineData("SELECT 1")]
    [InlineData("a >= <runDate>")]
    [InlineData("<a>+<b>*<_c1>")]
    [InlineData("f(<a>,<b>, <c>)")]
    [InlineData("a = ':x' || <y>")]
    [InlineData("'it''s :x' || <y>")]
    [InlineData("E'it\\'s :x' || <y>")]
    [InlineData("e'\\\\' || <y>")]
    [InlineData("'\\' || <y> || ':x'")]
    [InlineData("\"a:x\" = <y>")]
    [InlineData("\"a\"\":x\" = <y>")]
    [InlineData("`a:x` = <y>")]
    [InlineData("$$ :x $ :y $$ || <z>")]
    [InlineData("$tag$ :x $$ :y $tag$ || <z>")]
    [InlineData("$1 = <z>")]
    [InlineData("a -- :x\n= <y>")]
    [InlineData("a /* :x */ = <y>")]
    [InlineData("a /* /* :x */ :y */ = <z>")]
    [InlineData("a /* :x")]
    [InlineData("'unclosed :x")]
    [InlineData("<a>::int")]
    [InlineData("<a>::date + b::text")]
    [InlineData("a::b::c")]
    [InlineData("f(a := 1, b := <c>)")]
    [InlineData("list[1:n]")]
    [InlineData("list[a:b]")]
    [InlineData("list[:n]")]
    [InlineData("list[ :n]")]
    [InlineData("list[1:(<n>)]")]
    [InlineData("list[1 :n]")]
    [InlineData("list[f(<a>):b]")]
    [InlineData("list[-<n>:m]")]
    [InlineData("list[1:n:2]")]
    [InlineData("f(x)[a:b]")]
    [InlineData("x[1][a:b]")]
    [InlineData("[<a>, <b>]")]
    [InlineData("[ <a>]")]
    [InlineData("ARRAY[<a>, b]")]
    [InlineData("x IN [<a>]")]
    [InlineData("{'a':b}")]
    [InlineData("{'a': <b>}")]
    [InlineData("{a:b, c: <d>}")]
    [InlineData("{a:{b:c}, d:e}")]
    [InlineData("MAP {'a':b, <c>: d}")]
    [InlineData("{'a': (b + <c>)}")]
    [InlineData("[CASE WHEN <a> THEN <b> ELSE <c> END]")]
    [InlineData("{'a': x AND <b>}")]
    [InlineData("{'a' :b}")]
    [InlineData("SELECT total:price * <x>")]
    [InlineData("list_transform(l, lambda x:x + <y>)")]
    [InlineData("x BETWEEN <a> AND <b>")]
    [InlineData("SELECT * FROM t LIMIT <n>")]
    [InlineData("a : b")]
    [InlineData("a :1")]
    [InlineData(":")]
    [InlineData("<a>")]
    [InlineData("größe > <x>")]
    [InlineData("]) :: } <x>")]
    public void A_parameter_is_told_from_other_colons(string marked)
    {
        var sql = Regex.Replace(marked, "<(\\w+)>", ":$1");

        Assert.Equal(marked, SqlParameters.Replace(sql, name => $"<{name}>"));
    }

    [Fact]
    public void A_parameter_knows_its_place()
    {
        var found = SqlParameters.Find("a = :first\n AND b = :b2");

        Assert.Equal([new SqlParameter("first", 4), new SqlParameter("b2", 20)], found);
        Assert.Equal(3, found[1].Length);
    }

    [Fact]
    public void Replacing_a_parameter_by_itself_changes_nothing() =>
        Prop.ForAll(Texts(), sql => SqlParameters.Replace(sql, name => ":" + name) == sql).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_found_is_a_colon_and_a_name() =>
        Prop.ForAll(
                Texts(),
                sql =>
                    SqlParameters
                        .Find(sql)
                        .All(p => sql.Substring(p.Start, p.Length) == ":" + p.Name && p.Name.Length > 0 && !char.IsAsciiDigit(p.Name[0]))
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Random_expressions_have_the_parameters_they_were_made_with()
    {
        Prop.ForAll(
                Expressions(4).ToArbitrary(),
                marked =>
                {
                    var sql = marked.Replace('‹', ':').Replace("›", "");
                    Assert.Equal(marked, SqlParameters.Replace(sql, name => $"‹{name}›"));
                }
            )
            .QuickCheckThrowOnFailure();
    }

    /// <summary>Expressions in which each parameter is written <c>‹name›</c>.</summary>
    private static Gen<string> Expressions(int depth)
    {
        var leaf = Gen.Elements(
            "‹a›",
            "‹b_2›",
            "x",
            "\"q:q\"",
            "1.5e3",
            "':s'",
            "E'\\':s'",
            "$$:d$$",
            "/* :c */ y",
            "NULL",
            "t.x",
            "-- :c\nz"
        );
        if (depth == 0)
            return leaf;
        var inner = Expressions(depth - 1);
        return Gen.OneOf(
            leaf,
            from a in inner
            from b in inner
            from o in Gen.Elements("+", " = ", "||", " AND ", " IN ", " -- :c\n < ")
            select a + o + b,
            from a in inner
            select $"({a})",
            from a in inner
            from b in inner
            select $"f({a}, {b})",
            from a in inner
            select $"{a}::int",
            from a in inner
            from b in inner
            select $"[{a},{b}]",
            from a in inner
            from b in inner
            select $"{{'k': {a}, k2:({b})}}",
            from a in inner
            from b in inner
            select $"l[({a}):({b})]",
            from a in inner
            select $"l[({a}):n]",
            from a in inner
            from b in inner
            select $"CASE WHEN {a} THEN {b} END"
        );
    }

    private static Arbitrary<string> Texts() =>
        Gen.Elements(
                ":",
                ":a",
                "::",
                ":=",
                "a",
                " ",
                "'",
                "\"",
                "[",
                "]",
                "{",
                "}",
                "(",
                ")",
                "$",
                "$$",
                "--",
                "\n",
                "/*",
                "*/",
                "E'",
                "\\",
                "1",
                "ä",
                ","
            )
            .ListOf()
            .Select(parts => string.Concat(parts))
            .ToArbitrary();
}
