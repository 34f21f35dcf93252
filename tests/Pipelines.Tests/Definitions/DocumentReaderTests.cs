using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Tests.Definitions;

public sealed class DocumentReaderTests
{
    [Fact]
    public void A_right_document_gives_its_elements_and_no_findings()
    {
        var (root, findings) = ToyLanguage.Read(
            """
            <?xml version="1.0" encoding="utf-8"?>
            <!-- who reads this? -->
            <pipeline id="p" version="1.0" layer="staging" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                      xsi:noNamespaceSchemaLocation="pipeline.xsd">
              <sources>
                <csv id="a" path="s3://landing/${country}/*.csv" delimiter="\t" header=" false ">
                  <schemaRef>
                    schemas/a.avsc
                  </schemaRef>
                </csv>
                <database id="b"><sql><![CDATA[SELECT 1 WHERE 1 < 2]]></sql></database>
              </sources>
              <targets><table table="staging.a" partitionBy='x, "y,z"'/></targets>
            </pipeline>
            """
        );

        Assert.Empty(findings);
        Assert.True(root!.IsSound);
        var csv = root.Child("sources")!.Children[0];
        Assert.Equal("schemas/a.avsc", csv["schemaRef"]);
        Assert.Equal(8, csv.LocationOf("schemaRef").Line);
        Assert.False(csv.IsTrue("header"));
        Assert.Equal("\\t", csv["delimiter"]);
        Assert.Equal("onDemand", csv["loadPolicy"]);
        Assert.False(csv.Has("loadPolicy"));
        Assert.Equal("SELECT 1 WHERE 1 < 2", root.Child("sources")!.Child("database")!.Child("sql")!.Text);
        var target = root.Child("targets")!.Child("hive")!;
        Assert.Equal("table", target.Name);
        Assert.Equal(["x", "y,z"], target.Names("partitionBy"));
    }

    [Theory]
    [InlineData("", "HUB1001 p.xml")]
    [InlineData("hello", "HUB1001 p.xml:1:1")]
    [InlineData("<pipeline", "HUB1001 p.xml:1:1")]
    [InlineData("<pipeline>\n <sources>\n</pipeline>", "HUB1001 p.xml:3:3")]
    [InlineData("<pipeline id='a' id='b'/>", "HUB1001 p.xml:1:18")]
    [InlineData("<pipeline id=a/>", "HUB1001 p.xml:1:14")]
    [InlineData("<pipeline id='a<b'/>", "HUB1001 p.xml:1:16")]
    [InlineData("<pipeline>a & b</pipeline>", "HUB1001 p.xml:1:14")]
    [InlineData("<pipeline>&nbsp;</pipeline>", "HUB1001 p.xml:1:12")]
    [InlineData("<p:pipeline/>", "HUB1001 p.xml:1:2")]
    [InlineData("<pipeline>\u0001</pipeline>", "HUB1001 p.xml:1:11")]
    [InlineData("<!DOCTYPE pipeline [<!ENTITY a 'b'>]>\n<pipeline>&a;</pipeline>", "HUB1003 p.xml:1:1")]
    [InlineData("\n<!DOCTYPE pipeline SYSTEM 'file:///etc/passwd'>\n<pipeline/>", "HUB1003 p.xml:2:1")]
    [InlineData("<pipelin/>", "HUB1004 p.xml:1:1 did you mean 'pipeline'?")]
    [InlineData("<stream><a/><b>c</b></stream>", "HUB1004 p.xml:1:1 this document's root element is <pipeline>")]
    public void A_document_that_is_none_gives_one_finding_and_no_element(string text, string expected)
    {
        var (root, findings) = ToyLanguage.Read(text);

        Assert.Null(root);
        var finding = Assert.Single(findings);
        Assert.StartsWith(expected, $"{finding.Rule.Id} {finding.Location} {finding.Hint}");
    }

    /// <summary>Documents with <c>§</c> at each place where a mistake is found, and for each its rule and hint.</summary>
    public static TheoryData<string, string> BadDocuments =>
        new()
        {
            // What is unknown.
            { Sources("§<csvv id='a' path='b'/>"), "HUB1004 did you mean 'csv'?" },
            { Sources("§<sort source='a'><b/></sort>"), "HUB1004 it stands in <transformations>" },
            { Sources("<csv id='a' path='b'>§<path>c</path></csv>"), "HUB1004 write it as an attribute: path=\"…\"" },
            { Sources("<csv id='a' path='b'>§<qqqqqq/></csv>"), "HUB1004 elements here: schemaRef" },
            { Sources("<csv id='a' path='b'><schemaRef>§<a/>s</schemaRef></csv>"), "HUB1004 <schemaRef> holds no elements" },
            { Steps("<sort source='a' orderBy='b' §x='y'/>"), "HUB1005 attributes here: source, orderBy, direction" },
            { Sources("<csv id='a' path='b' §heder='true'/>"), "HUB1005 did you mean 'header'?" },
            { Sources("<database id='a' §sql='SELECT 1'/>"), "HUB1005 write it as an element: <sql>" },
            { Sources("<csv id='a' path='b'><schemaRef §x='y'>s</schemaRef></csv>"), "HUB1005 " },
            // What lacks.
            {
                "§<pipeline id='p' version='1' layer='staging'/>",
                "HUB1007 What is read. A source that no target needs is not|HUB1007 What is written"
            },
            { Sources("§<csv id='a'/>"), "HUB1006 path: Where the files are" },
            { Steps("<sort source='a' orderBy='b'/>§<sort/>"), "HUB1006 source: The dataset it works on|HUB1006 orderBy: What by" },
            {
                "<pipeline id='p' version='1' layer='staging'>§<sources/><targets><hive table='a.b'/></targets></pipeline>",
                "HUB1007 it may hold csv, database"
            },
            { Steps("§<derive source='a'/>"), "HUB1007 A column" },
            { Steps("<derive source='a'>§<column name='b'> </column></derive>"), "HUB1009 it holds an SQL expression" },
            { Sources("<database id='a'>§<sql/></database>"), "HUB1009 it holds one SQL SELECT" },
            { Steps("§<filter source='a'/>"), "HUB1006 condition: Which" },
            { Before("<metadata>§<owner> </owner></metadata>"), "HUB1009 it holds text" },
            // What is there too often, or in the wrong place.
            { Sources("<database id='a'><sql>SELECT 1</sql>\n§<sql>SELECT 2</sql></database>"), "HUB1008 " },
            { Sources("<csv id='a' path='b' schemaRef='c'>§<schemaRef>d</schemaRef></csv>"), "HUB1008 keep one of the two" },
            {
                "<pipeline id='p' version='1' layer='staging'><targets><hive table='a.b'/></targets>\n§<sources><csv id='a' path='b'/></sources></pipeline>",
                "HUB1013 the order is metadata, parameters, triggers, sources, transformations, targets"
            },
            { Sources("<csv id='a' path='b'>\n §what?</csv>"), "HUB1010 " },
            { Sources("<database id='a'>§SELECT 1</database>"), "HUB1010 put it in <sql>" },
            // Values.
            { Sources("<csv id='§1a' path='b'/>"), "HUB1009 it must be a name: a letter or _, then letters, digits, _, - or ." },
            { Sources("<csv id='§${a}' path='b'/>"), "HUB1009 it must be a name: a letter or _, then letters, digits, _, - or ." },
            { Sources("<csv id='a' path=' §'/>"), "HUB1009 it must be a path" },
            { Sources("<csv id='a' path='b' header = '§yes'/>"), "HUB1009 it must be true or false" },
            { Sources("<csv id='a' path='b' header\n=\n\"  §no\"/>"), "HUB1009 it must be true or false" },
            { Sources("<csv id='a' path='b' skip='§-1'/>"), "HUB1009 it must be a whole number of zero or more" },
            { Sources("<csv id='a' path='b' skip='§9999999999'/>"), "HUB1009 the greatest is 2147483647" },
            { Sources("<database id='a' fetchSize='§0'/>"), "HUB1009 it must be a whole number above zero" },
            { Sources("<csv id='a' path='b' loadPolicy='§egaer'/>"), "HUB1009 did you mean 'eager'?" },
            { Sources("<csv id='a' path='b' loadPolicy='§x'/>"), "HUB1009 it may be eager, onDemand" },
            { Sources("<csv id='a' path='b' delimiter='§||'/>"), "HUB1009 it must be one character (\\t is a tab)" },
            { Sources("<csv id='a' path='b' since='§2026-02-30'/>"), "HUB1009 no calendar has this moment" },
            {
                Sources("<csv id='a' path='b' since='§yesterday'/>"),
                "HUB1009 it must be a moment in ISO 8601, such as 2026-01-31 or 2026-01-31T18:30:00Z"
            },
            { Sources("<csv id='a' path='§${b'/>"), "HUB1009 " },
            { Sources("<csv id='a' path='x&amp;§${}'/>"), "HUB1009 " },
            { Steps("<sort source='a' orderBy='§,'/>"), "HUB1009 it must be column names, separated by commas" },
            { Steps("<filter source='a' condition='§'/>"), "HUB1009 it must be an SQL expression" },
            { Targets("<hive table='§a'/>"), "HUB1009 it must be a table: 'layer.table' or 'app.layer.table'" },
            { Before("<metadata><sla> §2h</sla></metadata>"), "HUB1009 it must be an ISO 8601 duration such as PT30M, PT2H or P1D" },
            { Before("<metadata><sla>§P1M</sla></metadata>"), "HUB1009 it must be an ISO 8601 duration such as PT30M, PT2H or P1D" },
            { Before("<metadata><sla>§PT0S</sla></metadata>"), "HUB1009 it must be longer than nothing" },
            { Before("<metadata><sla>§${sla}</sla></metadata>"), "HUB1009 it must be an ISO 8601 duration such as PT30M, PT2H or P1D" },
            { Before("<metadata><schedule>§0 * * *</schedule></metadata>"), "HUB1009 it must be a cron expression of five fields" },
            {
                Before("<metadata><schedule>§0 24 * * *</schedule></metadata>"),
                "HUB1009 '24' is no hour (0 to 23, as a number, a range, a list, '*' or a step such as */5)"
            },
            {
                Before("<metadata><schedule timeZone='§Zürich'>0 1 * * *</schedule></metadata>"),
                "HUB1009 it must be a time zone by its IANA name, such as Europe/Zurich"
            },
            {
                Before("<metadata><schedule timeZone='§Europe/Zurih'>0 1 * * *</schedule></metadata>"),
                "HUB1009 did you mean 'Europe/Zurich'?"
            },
            {
                "<pipeline id='p' version='§1.x' layer='§stagin'><sources><csv id='a' path='b'/></sources><targets><hive table='a.b'/></targets></pipeline>",
                "HUB1009 it must be a version such as 1, 1.0 or 1.0.0|HUB1009 did you mean 'staging'?"
            },
        };

    [Theory]
    [MemberData(nameof(BadDocuments))]
    public void Each_mistake_is_found_at_its_place(string marked, string expected)
    {
        var (root, findings) = ToyLanguage.Read(marked.Replace("§", ""));

        Assert.Equal(expected, string.Join('|', findings.Select(f => $"{f.Rule.Id} {f.Hint}")));
        Assert.Equal(Marks(marked), findings.Select(f => f.Location).Distinct());
        Assert.False(root!.IsSound);
    }

    [Fact]
    public void All_mistakes_are_found_at_once()
    {
        var (_, findings) = ToyLanguage.Read(
            """
            <pipeline id="p" version="one" layer="stage">
              <sources>
                <csv path="a" heder="true"/>
                <cvs/>
              </sources>
              <transformations><sort sorce="a" orderBy="b"/></transformations>
            </pipeline>
            """
        );

        Assert.Equal(
            ["1:1 HUB1007", "1:27 HUB1009", "1:39 HUB1009", "3:5 HUB1006", "3:19 HUB1005", "4:5 HUB1004", "6:20 HUB1006", "6:26 HUB1005"],
            findings.Select(f => $"{f.Location.Line}:{f.Location.Column} {f.Rule.Id}")
        );
    }

    [Fact]
    public void A_document_over_the_size_is_refused_unread()
    {
        var text = ToyLanguage.Document(before: $"<!--{new string('x', 1 << 20)}-->");

        var (root, findings) = ToyLanguage.Read(text);

        Assert.Null(root);
        Assert.Equal(Rule.DocumentTooLarge, Assert.Single(findings).Rule);
    }

    [Theory]
    [InlineData("child table='t'")]
    [InlineData("unknown")]
    public void A_document_nested_too_deep_is_refused(string element)
    {
        var name = element.Split(' ')[0];
        var nested = string.Concat(Enumerable.Repeat($"<{element}>", 100)) + string.Concat(Enumerable.Repeat($"</{name}>", 100));

        var (root, findings) = ToyLanguage.Read(ToyLanguage.Document(steps: $"<flatten source='a'>{nested}</flatten>"));

        Assert.Null(root);
        Assert.Contains(findings, f => f.Rule == Rule.DocumentTooLarge);
    }

    [Fact]
    public void An_element_may_stand_within_itself_where_it_is_declared_so()
    {
        var (root, findings) = ToyLanguage.Read(
            ToyLanguage.Document(steps: "<flatten source='a'><child table='b'><child table='c'/><child table='d'/></child></flatten>")
        );

        Assert.Empty(findings);
        Assert.Equal(["c", "d"], root!.Child("transformations")!.Children[0].Children[0].Children.Select(c => c["table"]));
    }

    [Fact]
    public void Values_with_parameters_are_checked_when_the_parameters_are_known()
    {
        var (root, findings) = ToyLanguage.Read(ToyLanguage.Document(sources: "<csv id='a' path='${p}' header='${h}' skip='1${n}'/>"));

        Assert.Empty(findings);
        Assert.Equal("${h}", root!.Child("sources")!.Children[0]["header"]);
    }

    [Fact]
    public void A_place_inside_a_value_is_found_past_entities_line_ends_and_sections()
    {
        var marked = ToyLanguage.Document(
            sources: "<database id='b'><sql>\r\n  §SELECT <!-- a -->§&#x1F600;§1\r\n§&lt; <![CDATA[\r\n §b §& c]]>\n, §d</sql></database>",
            steps: "<filter source='b' condition='§a §&lt;\r\n §b §&amp;&amp; §c'/>"
        );
        var (root, findings) = ToyLanguage.Read(marked.Replace("§", ""));
        var sql = root!.Child("sources")!.Children[0].Child("sql")!.SourceText;
        var condition = root.Child("transformations")!.Children[0].Source("condition")!;

        Assert.Empty(findings);
        Assert.Equal("SELECT \U0001F6001\n< \n b & c\n, d", sql.Value);
        Assert.Equal("a <  b && c", condition.Value);
        int[] offsets = [0, 7, 9, 11, 15, 17, 23];
        Assert.Equal(
            "S\U0001F6001<b&d",
            string.Concat(offsets.Select(o => char.IsHighSurrogate(sql.Value[o]) ? sql.Value.Substring(o, 2) : sql.Value[o..(o + 1)]))
        );
        Assert.Equal(Marks(marked), [.. offsets.Select(sql.LocationAt), .. new[] { 0, 2, 5, 7, 10 }.Select(condition.LocationAt)]);
    }

    [Fact]
    public void A_place_outside_of_a_value_counts_as_its_nearest()
    {
        var (root, _) = ToyLanguage.Read(ToyLanguage.Document(steps: "<filter source='a' condition='xy'/>"));
        var condition = root!.Child("transformations")!.Children[0].Source("condition")!;

        Assert.Equal(condition.LocationAt(0), condition.LocationAt(-5));
        Assert.Equal(condition.LocationAt(2), condition.LocationAt(99));
    }

    [Fact]
    public void Any_text_is_read_or_reported_but_never_throws() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<NonNull<string>>().Generator.Select(s => s.Get).ToArbitrary(),
                text =>
                {
                    var (root, findings) = ToyLanguage.Read(text);
                    return root is not null || findings.HasErrors;
                }
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void A_damaged_document_is_read_or_reported_but_never_throws()
    {
        var whole = ToyLanguage.Document(
            before: "<metadata><sla>PT2H</sla><schedule timeZone='UTC'>0 1 * * *</schedule></metadata>",
            steps: "<derive source='a'><column name='b' type='int'><![CDATA[a < 1]]> &amp; 2</column></derive>"
        );
        var damage =
            from at in Gen.Choose(0, whole.Length - 1)
            from length in Gen.Choose(0, 5)
            from insert in Gen.Elements("", "<", ">", "&", "\"", "'", "/", "<a>", "</a>", "${", "<!--", "]]>", "\r", "\0", "<csv/>", "ä")
            select whole.Remove(at, Math.Min(length, whole.Length - at)).Insert(at, insert);

        Prop.ForAll(
                damage.ToArbitrary(),
                text =>
                {
                    var (root, findings) = ToyLanguage.Read(text);
                    Assert.Equal(findings.HasErrors, root is not { IsSound: true });
                    Assert.All(findings, f => Assert.InRange(f.Location.Line, 0, text.Split('\n').Length + text.Count(c => c == '\r')));
                }
            )
            .QuickCheckThrowOnFailure();
    }

    private static string Sources(string sources) => ToyLanguage.Document(sources: sources);

    private static string Steps(string steps) => ToyLanguage.Document(steps: steps);

    private static string Targets(string targets) => ToyLanguage.Document(targets: targets);

    private static string Before(string before) => ToyLanguage.Document(before: before);

    /// <summary>Where the marks stand once they are gone.</summary>
    private static IEnumerable<SourceLocation> Marks(string marked)
    {
        var parts = marked.Split('§');
        for (var i = 1; i < parts.Length; i++)
        {
            var before = string.Concat(parts[..i]);
            yield return new SourceLocation("p.xml", before.Count(c => c == '\n') + 1, before.Length - before.LastIndexOf('\n'));
        }
    }
}
