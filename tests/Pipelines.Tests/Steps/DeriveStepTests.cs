using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Tests.Steps;

public sealed class DeriveStepTests : IDisposable
{
    private readonly StepBench bench = new StepBench()
        .Table("a", "FROM (VALUES (1, 'x'), (2, NULL)) t(id, name)")
        .Parameter("factor", LogicalType.Integer, 10);

    [Fact]
    public void A_column_of_the_same_name_is_replaced_in_its_place_and_others_come_last() =>
        Assert.Equal(
            "id DECIMAL(9,2), name VARCHAR, len BIGINT",
            bench.Columns(
                "<derive source='a'><column name='len'>length(name)</column><column name='ID' type='decimal(9,2)'>id / 3</column></derive>",
                "a"
            )
        );

    [Fact]
    public void An_expression_sees_its_input_only() =>
        Assert.Equal(
            ["2|x|1", "3|∅|2"],
            bench.Run("<derive source='a'><column name='id'>id + 1</column><column name='old'>id</column></derive>", "a")
        );

    [Fact]
    public void A_new_column_is_not_seen_beside_itself() =>
        Assert.Equal(
            "« HUB2004: no column 'x' in 'a'; columns here: id, name",
            bench.Findings("<derive source='a'><column name='x'>id</column><column name='y'>1 + «x</column></derive>")
        );

    [Fact]
    public void A_parameter_is_bound() =>
        Assert.Equal(["1|x|11", "2|∅|12"], bench.Run("<derive source='a'><column name='x'>id + :factor</column></derive>", "a"));

    [Fact]
    public void A_value_the_type_cannot_hold_fails()
    {
        var error = Assert.Throws<EngineException>(() =>
            bench.Run("<derive source='a'><column name='x' type='int'>name</column></derive>", "a")
        );
        Assert.Equal(EngineErrorKind.Conversion, error.Kind);
    }

    [Theory]
    [InlineData("id +«", "« HUB3001: the SQL does not parse: it ends too early")]
    [InlineData("«(SELECT 1)", "« HUB3003: a query inside an expression is not allowed here; use a join, a lookup or a <sql> step")]
    [InlineData(
        "«getenv('HOME')",
        "« HUB3003: the function getenv is not allowed here; an expression sees the columns and parameters in scope, nothing else"
    )]
    [InlineData("id + «:facto", "« HUB2006: unknown parameter ':facto'; did you mean 'factor'?")]
    [InlineData("'ä' || «nam", "« HUB2004: no column 'nam' in 'a'; did you mean 'name'?")]
    [InlineData(
        "«count(*)",
        "« HUB3002: an expression works on one row, but this aggregates, numbers or multiplies rows; use <aggregate>, or a <sql> step"
    )]
    public void What_does_not_fit_is_reported_at_its_place(string expression, string finding) =>
        Assert.Equal(finding, bench.Findings($"<derive source='a'><column name='x'>{expression}</column></derive>"));

    [Fact]
    public void A_column_derived_twice_is_reported() =>
        Assert.Equal(
            "« HUB2005: column 'X' is derived twice; give one of them another name",
            bench.Findings("<derive source='a'><column name='x'>id</column>                <column name='«X'>2</column></derive>")
        );

    public void Dispose() => bench.Dispose();
}
