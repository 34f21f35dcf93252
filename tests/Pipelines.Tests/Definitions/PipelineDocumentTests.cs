using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Tests.Definitions;

public sealed class PipelineDocumentTests
{
    private const string Whole = """
        <pipeline id="load" version="1.2.3" layer="staging">
          <metadata>
            <owner>crm</owner>
            <sla>PT2H</sla>
            <schedule timeZone="Europe/Zurich">0 6 * * MON</schedule>
            <description>Loads customers &amp; more.</description>
            <tags>crm, "a,b"</tags>
          </metadata>
          <parameters>
            <parameter name="country" default="CH"/>
            <parameter name="n" type="int"/>
          </parameters>
          <triggers><onFile path="in/*.csv"/><onTable table="staging.x"/><onEvent name="go"/></triggers>
          <sources>
            <csv id="a" path="in/${country}/$${x}.csv" header="${h}" skip="${n}"/>
          </sources>
          <transformations>
            <filter source="a" condition="c = '${country}'"/>
          </transformations>
          <targets><csv path="out/${pipeline}/%Y-%m-%d"/></targets>
        </pipeline>
        """;

    [Fact]
    public void A_document_says_what_it_is()
    {
        var (document, findings) = Read(Whole, "staging");

        Assert.Empty(findings);
        Assert.Equal(("load", "1.2.3", "staging", true), (document.Id, document.Version, document.Layer, document.IsSound));
        Assert.Equal(new SourceLocation("p.xml", 1, 1), document.Location);
        var m = document.Metadata;
        Assert.Equal(
            ("crm", TimeSpan.FromHours(2), "Europe/Zurich", "Loads customers & more."),
            (m.Owner, m.Sla, m.TimeZone, m.Description)
        );
        Assert.Equal("0 6 * * MON", m.Schedule?.Text);
        Assert.Equal(["crm", "a,b"], m.Tags);
        Assert.Equal(
            [
                new ParameterSpec("country", LogicalType.Varchar, "CH", false, new SourceLocation("p.xml", 10, 5)),
                new ParameterSpec("n", LogicalType.Integer, null, false, new SourceLocation("p.xml", 11, 5)),
            ],
            document.Parameters
        );
        Assert.Equal([typeof(FileTrigger), typeof(TableTrigger), typeof(EventTrigger)], document.Triggers.Select(t => t.GetType()));
        Assert.Equal(["csv", "filter", "csv"], [document.Sources[0].Name, document.Transformations[0].Name, document.Targets[0].Name]);
    }

    [Fact]
    public void What_is_not_there_is_empty()
    {
        var (document, findings) = Read(ToyLanguage.Document(), "staging");

        Assert.Empty(findings);
        Assert.Equal((null, null, "UTC"), (document.Metadata.Owner, document.Metadata.Sla, document.Metadata.TimeZone));
        Assert.Empty(document.Metadata.Tags);
        Assert.Empty(document.Parameters);
        Assert.Empty(document.Transformations);
    }

    [Fact]
    public void The_layer_must_be_that_of_the_folder()
    {
        var (_, findings) = Read(ToyLanguage.Document(), "service");

        Assert.Equal(
            "p.xml:1:39: error HUB1012: the layer is 'staging', but the document lies in the folder of 'service'; change the attribute, or move the document",
            Assert.Single(findings).ToString()
        );
    }

    [Theory]
    [InlineData("<parameter name='runDate'/>", "HUB2003 the parameter 'runDate' is always there")]
    [InlineData("<parameter name='a'/><parameter name='a'/>", "HUB2003 the parameter 'a' is already declared in line 1")]
    [InlineData("<parameter name='a' type='int' default='x'/>", "HUB5002 the default of the parameter 'a' cannot be 'x'")]
    [InlineData("<parameter name='a' type='nit'/>", "HUB3005 type cannot be 'nit'")]
    [InlineData("<parameter name='a' type='int[]'/>", "HUB3005 a parameter cannot be of the type int[]")]
    [InlineData("<parameter name='a-b'/>", "HUB1009 name cannot be 'a-b'")]
    [InlineData("<parameter name='a' default='x' required='true'/>", "HUB1011 the parameter 'a' is required, so its default is never used")]
    [InlineData("<parameter/>", "HUB1006 <parameter> lacks name")]
    public void A_wrong_parameter_is_reported(string parameters, string expected)
    {
        var (_, findings) = Read(ToyLanguage.Document(before: $"<parameters>{parameters}</parameters>"), "staging");

        var finding = Assert.Single(findings);
        Assert.StartsWith(expected, $"{finding.Rule.Id} {finding.Message}");
    }

    [Fact]
    public void Parameters_are_replaced_in_values_but_not_in_sql()
    {
        var (document, findings) = Read(Whole.Replace("${h}", "true"), "staging");
        var expanded = document.Expand(Values(document, findings, ("n", "5")), findings);

        Assert.Empty(findings);
        Assert.Equal("in/CH/${x}.csv", expanded.Sources[0]["path"]);
        Assert.Equal(5, expanded.Sources[0].Number("skip"));
        Assert.Equal("c = '${country}'", expanded.Transformations[0]["condition"]);
        Assert.Equal("out/load/2026-02-03", expanded.Targets[0]["path"]);
        Assert.Equal(document.Sources[0].LocationOf("path"), expanded.Sources[0].LocationOf("path"));
        Assert.False(expanded.Sources[0].IsOpen);
    }

    [Fact]
    public void A_value_is_checked_once_its_parameters_are_known()
    {
        var (document, findings) = Read(Whole.Replace("${n}", "-${n}").Replace("%Y-", "%y-"), "staging");
        var expanded = document.Expand(Values(document, findings, ("n", "5")), findings);

        Assert.Equal(
            [
                "p.xml:15:56: error HUB2006: unknown parameter '${h}'; declare it in <parameters>; write $${ for ${ itself",
                "p.xml:15:68: error HUB1009: skip cannot be '-5'; it must be a whole number of zero or more",
                "p.xml:20:23: error HUB1009: path cannot be 'out/load/%y-%m-%d'; '%y' is no part of a time: there are %Y %m %d %j %H %M %S, and %% for a percent sign",
            ],
            findings.Select(f => f.ToString()).ToArray()
        );
        Assert.False(expanded.Sources[0].IsSound || expanded.Targets[0].IsSound);
        Assert.True(expanded.Transformations[0].IsSound);
    }

    [Theory]
    [InlineData("${contry}", "HUB2006 unknown parameter '${contry}'; did you mean 'country'?")]
    [InlineData(
        "${env:HOME}",
        "HUB2006 unknown parameter '${env:HOME}'; secrets and the environment belong into a connection, resources/<name>.json"
    )]
    [InlineData("${n}", "HUB5002 the parameter 'n' has no value; give it: n=…, or declare a default")]
    public void A_reference_that_has_no_value_is_reported(string reference, string expected)
    {
        var (document, findings) = Read(Whole.Replace("${h}", "true").Replace("${n}", "1").Replace("${country}/", reference), "staging");
        document.Expand(Values(document, findings), findings);

        var finding = Assert.Single(findings);
        Assert.Equal(expected, $"{finding.Rule.Id} {finding.Message}; {finding.Hint}");
        Assert.Equal(new SourceLocation("p.xml", 15, 26), finding.Location);
    }

    [Fact]
    public void What_needs_a_value_that_is_not_known_yet_stays_open()
    {
        var (document, findings) = Read(Whole.Replace("${h}", "true"), "staging");
        var values = ParameterValues.Of(document.Parameters, new Dictionary<string, string>(), BuiltIns, isComplete: false, findings);
        var expanded = document.Expand(values, findings);

        Assert.True(expanded.Sources[0].IsOpen && expanded.Sources[0].IsSound);
        Assert.False(expanded.Targets[0].IsOpen);
        Assert.Equal("${n}", expanded.Sources[0]["skip"]);
        Assert.Equal(
            "p.xml:15:68: note HUB3009: not checked: the parameter 'n' has no value yet; give it to check this too: n=…",
            Assert.Single(findings).ToString()
        );
    }

    private static BuiltInParameters BuiltIns =>
        new("crm", "staging", "load", "r1", 1, new DateTimeOffset(2026, 2, 3, 4, 5, 6, TimeSpan.Zero));

    private static ParameterValues Values(PipelineDocument document, Diagnostics findings, params (string Name, string Text)[] given) =>
        ParameterValues.Of(document.Parameters, given.ToDictionary(g => g.Name, g => g.Text), BuiltIns, isComplete: true, findings);

    private static (PipelineDocument Document, Diagnostics Findings) Read(string text, string layer)
    {
        var findings = new Diagnostics();
        return (PipelineDocument.Read(ToyLanguage.Spec, text, "p.xml", layer, findings)!, findings);
    }
}
