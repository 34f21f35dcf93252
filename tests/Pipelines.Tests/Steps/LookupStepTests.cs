using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Tests.Steps;

public sealed class LookupStepTests : IDisposable
{
    private readonly StepBench bench = new StepBench()
        .Table("a", "FROM (VALUES (1, 'CH'), (2, 'DE'), (3, NULL), (4, 'XX'), (5, 'CH')) t(id, country)")
        .Reference(
            "country_dim",
            "FROM (VALUES ('CH', 'Switzerland', 41), ('DE', NULL, 49), (NULL, 'nowhere', 0)) t(country, country_name, code)"
        );

    [Fact]
    public void Every_row_gets_the_fields_of_its_key_and_a_null_key_finds_nothing() =>
        Assert.Equal(
            ["1|CH|Switzerland", "2|DE|∅", "3|∅|∅", "4|XX|∅", "5|CH|Switzerland"],
            bench.Run("<lookup source='a' reference='country_dim' outputFields='country_name'/>", "a").Order()
        );

    [Fact]
    public void Without_outputFields_all_but_the_key_are_appended() =>
        Assert.Equal(
            "id INTEGER, country VARCHAR, country_name VARCHAR, code INTEGER",
            bench.Columns("<lookup source='a' reference='country_dim'/>", "a")
        );

    [Fact]
    public void An_inner_lookup_leaves_out_what_finds_nothing() =>
        Assert.Equal(
            ["1", "2", "5"],
            bench.Run("<lookup source='a' reference='country_dim' joinType='inner'/><select source='a' columns='id'/>", "a").Order()
        );

    [Fact]
    public void A_default_fills_rows_that_found_nothing_but_no_null_that_was_found() =>
        Assert.Equal(
            ["1|CH|Switzerland", "2|DE|∅", "3|∅|none", "4|XX|none", "5|CH|Switzerland"],
            bench.Run("<lookup source='a' reference='country_dim' outputFields='country_name' default='none'/>", "a").Order()
        );

    [Fact]
    public void A_default_has_the_columns_type() =>
        Assert.Equal(
            ["1|CH|41", "2|DE|49", "3|∅|-1", "4|XX|-1", "5|CH|41"],
            bench.Run("<lookup source='a' reference='country_dim' outputFields='code' default='-1'/>", "a").Order()
        );

    [Fact]
    public void Columns_of_other_names_are_looked_up_and_renamed() =>
        Assert.Equal(
            ["1|CH|41|Switzerland"],
            bench.Run(
                "<filter source='a' condition='id = 1'/><derive source='a'><column name='n'>41</column></derive>"
                    + "<lookup source='a' reference='country_dim' on='n=code, country' outputFields='country_name as land'/>",
                "a"
            )
        );

    [Fact]
    public void A_key_with_several_rows_fails_and_is_named()
    {
        bench.Reference("country_dim", "FROM (VALUES ('CH', 'a'), ('CH', 'b'), ('AT', 'c'), ('AT', 'd')) t(country, country_name)");
        var error = Assert.Throws<EngineException>(() => bench.Run("<lookup source='a' reference='country_dim'/>", "a"));
        Assert.Equal(
            new RaisedError(
                "lookup in 'country_dim': more than one row for the key CH",
                "make the reference unique, or set multiple=\"first\""
            ),
            RaisedError.Find(error.Message)
        );
    }

    [Fact]
    public void It_fails_even_where_no_appended_column_is_needed()
    {
        bench.Reference("country_dim", "FROM (VALUES ('CH', 'a'), ('CH', 'b')) t(country, country_name)");
        Assert.Throws<EngineException>(() =>
            bench.Run("<lookup source='a' reference='country_dim'/><select source='a' columns='id'/>", "a")
        );
    }

    [Fact]
    public void Several_rows_of_a_key_that_nothing_asks_for_are_no_error()
    {
        bench.Reference("country_dim", "FROM (VALUES ('AT', 'c'), ('AT', 'd'), ('CH', 'e')) t(country, country_name)");
        Assert.Equal(["1|CH|e"], bench.Run("<filter source='a' condition='id = 1'/><lookup source='a' reference='country_dim'/>", "a"));
    }

    [Fact]
    public void The_first_of_several_is_taken_if_asked()
    {
        bench.Reference("country_dim", "FROM (VALUES ('CH', NULL, 3), ('CH', 'b', 2), ('CH', 'c', 1)) t(country, country_name, code)");
        Assert.Equal(
            ["1|CH|∅|3"],
            bench.Run("<filter source='a' condition='id = 1'/><lookup source='a' reference='country_dim' multiple='first'/>", "a")
        );
    }

    [Theory]
    [InlineData("on='«contry'", "« HUB2004: dataset 'a' has no column 'contry'; did you mean 'country'?")]
    [InlineData("on='«id'", "« HUB2004: dataset 'country_dim' has no column 'id'; columns here: country, country_name, code")]
    [InlineData(
        "on='«id=country'",
        "« HUB3004: 'id' is INTEGER, but 'country' of the reference is VARCHAR; convert it first: <derive …><column name=\"id\" type=\"varchar\">…"
    )]
    [InlineData("outputFields='«name'", "« HUB2004: dataset 'country_dim' has no column 'name'; columns here: country, country_name, code")]
    [InlineData(
        "on='country' outputFields='«code as id'",
        "« HUB2005: 'a' has a column 'id' already; rename the appended one: outputFields=\"code as …\""
    )]
    [InlineData(
        "default='«x'",
        "« HUB3004: default=\"x\" is no INTEGER, which 'code' is; give a value of that type, or look the columns up in two steps with a default each"
    )]
    public void What_does_not_fit_is_reported(string attributes, string finding) =>
        Assert.Equal(finding, bench.Findings($"<lookup source='a' reference='country_dim' {attributes}/>"));

    [Fact]
    public void Nothing_in_common_is_reported_with_what_there_is() =>
        Assert.Equal(
            "« HUB2004: 'a' and 'other' share no column to look up by; say on=\"a=b\"; columns of 'other' here: x, y",
            bench.Reference("other", "SELECT 1 AS x, 2 AS y").Findings("<lookup source='a' reference='«other'/>")
        );

    public void Dispose() => bench.Dispose();
}
