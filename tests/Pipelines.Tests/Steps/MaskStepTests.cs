using ServerlessHub.Pipelines.Masking;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Tests.Steps;

public sealed class MaskStepTests : IDisposable
{
    private readonly StepBench bench = new StepBench().Table(
        "a",
        "FROM (VALUES ('Ann', 17, '756.1'), ('Bob', NULL, NULL)) t(name, n, ssn)"
    );

    [Fact]
    public void Masked_columns_are_text_in_their_place_and_null_stays_null()
    {
        const string steps = "<mask source='a' columns='N, ssn' strategy='redact' keepLast='1'/>";
        Assert.Equal("name VARCHAR, n VARCHAR, ssn VARCHAR", bench.Columns(steps, "a"));
        Assert.Equal(["Ann|***7|***1", "Bob|∅|∅"], bench.Run(steps, "a").Order());
    }

    [Theory]
    [InlineData("strategy='hash'", MaskStrategy.Hash, false)]
    [InlineData("strategy='tokenize'", MaskStrategy.Tokenize, false)]
    [InlineData("strategy='tokenize' format='preserve'", MaskStrategy.Tokenize, true)]
    public void Values_are_masked_as_the_strategy_says(string attributes, MaskStrategy strategy, bool preserve)
    {
        using var mask = Mask.Create(strategy, StepBench.Keys, new MaskOptions { PreserveFormat = preserve });
        var masked = bench.Run($"<mask source='a' columns='name, ssn' {attributes}/><filter source='a' condition='n = 17'/>", "a");
        Assert.Equal([$"{mask.Apply("Ann")}|17|{mask.Apply("756.1")}"], masked);
    }

    [Fact]
    public void What_is_encrypted_can_be_decrypted()
    {
        using var mask = Mask.Create(MaskStrategy.Encrypt, StepBench.Keys);
        var masked = bench.Run(
            "<mask source='a' columns='n' strategy='encrypt'/><filter source='a' condition='n is not null'/><select source='a' columns='n'/>",
            "a"
        );
        Assert.Equal("17", mask.Undo(masked.Single()));
    }

    [Fact]
    public void A_pipeline_tells_which_functions_a_run_has_to_make_known()
    {
        const string steps = """
            <mask source='a' columns='name' strategy='tokenize' secretRef='k1'/>
            <mask source='a' columns='ssn' strategy='tokenize' secretRef='k1'/>
            <mask source='a' columns='n' strategy='tokenize' secretRef='k2'/>
            """;
        bench.Rows(steps, "a");
        var functions = bench.Bound(steps).Scope.Datasets.SelectMany(d => MaskFunction.Of(d.Operator)).Distinct().ToArray();
        Assert.Equal([("name", "k1"), ("ssn", "k1"), ("n", "k2")], functions.Select(f => (f.Column, f.SecretRef)));
        Assert.Equal(3, functions.Select(f => f.Name).Distinct().Count());
        Assert.All(functions, f => Assert.DoesNotContain("k1", f.Name));
    }

    [Theory]
    [InlineData(
        "strategy='hash' keepLast='«2'",
        "« HUB1011: keepLast goes with redact, but the strategy is hash; leave keepLast out, or set strategy=\"redact\""
    )]
    [InlineData(
        "strategy='redact' format='«preserve'",
        "« HUB1011: format goes with tokenize, but the strategy is redact; leave format out, or set strategy=\"tokenize\""
    )]
    [InlineData(
        "strategy='redact' secretRef='«k'",
        "« HUB1011: secretRef goes with tokenize, hash or encrypt, but the strategy is redact; leave secretRef out, or set strategy=\"tokenize\""
    )]
    public void Attributes_that_exclude_each_other_are_reported(string attributes, string finding) =>
        Assert.Equal(finding, bench.Findings($"<mask source='a' columns='name' {attributes}/>"));

    [Fact]
    public void An_unknown_column_is_reported() =>
        Assert.Equal(
            "« HUB2004: dataset 'a' has no column 'snn'; did you mean 'ssn'?",
            bench.Findings("<mask source='a' columns='name, «snn' strategy='hash'/>")
        );

    public void Dispose() => bench.Dispose();
}
