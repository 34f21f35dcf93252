using System.Xml;
using System.Xml.Schema;
using FsCheck;
using FsCheck.Fluent;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Reference;

namespace ServerlessHub.Pipelines.Tests.Definitions.Reference;

public sealed class XsdWriterTests
{
    private static readonly XsdValidation Toy = new(ToyLanguage.Spec);

    /// <summary>Documents that are wrong in a way that an XML Schema can say.</summary>
    public static TheoryData<string> Wrong =>
        [
            "<job/>",
            "<pipeline id='p' version='1' layer='staging'/>",
            ToyLanguage.Document(sources: ""),
            ToyLanguage.Document(sources: "<cvs id='a' path='b'/>"),
            ToyLanguage.Document(sources: "<sort source='a' orderBy='b'/>"),
            ToyLanguage.Document(sources: "<csv id='a'/>"),
            ToyLanguage.Document(sources: "<csv id='a' path='b' heder='true'/>"),
            ToyLanguage.Document(sources: "<csv id='1a' path='b'/>"),
            ToyLanguage.Document(sources: "<csv id='${a}' path='b'/>"),
            ToyLanguage.Document(sources: "<csv id='a' path=' '/>"),
            ToyLanguage.Document(sources: "<csv id='a' path='b' header='yes'/>"),
            ToyLanguage.Document(sources: "<csv id='a' path='b' skip='-1'/>"),
            ToyLanguage.Document(sources: "<csv id='a' path='b' loadPolicy='egaer'/>"),
            ToyLanguage.Document(sources: "<csv id='a' path='b' delimiter='||'/>"),
            ToyLanguage.Document(sources: "<csv id='a' path='b'>text</csv>"),
            ToyLanguage.Document(sources: "<csv id='a' path='b'><schemaRef/></csv>"),
            ToyLanguage.Document(sources: "<database id='a'><sql/></database>"),
            ToyLanguage.Document(sources: "<database id='a'><sql>SELECT 1</sql><sql>SELECT 2</sql></database>"),
            ToyLanguage.Document(steps: "<derive source='a'/>"),
            ToyLanguage.Document(steps: "<flatten source='a'><child table='b'><child/></child></flatten>"),
            ToyLanguage.Document(before: "<metadata><sla>2h</sla></metadata>"),
            ToyLanguage.Document(before: "<metadata><sla>${sla}</sla></metadata>"),
            ToyLanguage.Document(before: "<metadata><schedule>0 * * *</schedule></metadata>"),
            ToyLanguage.Document(targets: "<hive table='a'/>"),
            ToyLanguage.Document(targets: "<table table='a.b' mode='x'/>"),
            ToyLanguage.Document().Replace("layer=\"staging\"", "layer=\"${l}\""),
            "<pipeline id='p' version='1' layer='staging'><targets><hive table='a.b'/></targets><sources><csv id='a' path='b'/></sources></pipeline>",
        ];

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_document_is_refused(string text)
    {
        Assert.NotEmpty(Toy.Validate(text));
        Assert.NotEmpty(ToyLanguage.Read(text).Findings);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whatever_the_reader_accepts_is_valid(bool isToy)
    {
        var spec = isToy ? ToyLanguage.Spec : PipelineLanguage.Spec;
        var xsd = new XsdValidation(spec);
        Prop.ForAll(
                RandomDocument.Of(spec).ToArbitrary(),
                text =>
                {
                    var findings = new Diagnostics();
                    Assert.True(DocumentReader.Read(text, "p.xml", spec, findings)?.IsSound, string.Join('\n', findings));
                    Assert.Empty(xsd.Validate(text));
                }
            )
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Elements_attributes_and_values_are_explained()
    {
        var xsd = new XmlDocument();
        xsd.LoadXml(XsdWriter.Write(ToyLanguage.Spec));
        var names = new XmlNamespaceManager(xsd.NameTable);
        names.AddNamespace("xs", XmlSchema.Namespace);

        Assert.Equal(
            "When it is read. Default: onDemand",
            xsd.SelectSingleNode("//xs:element[@name='csv']//xs:attribute[@name='loadPolicy']//xs:documentation", names)?.InnerText
        );
        Assert.All(xsd.SelectNodes("//xs:element | //xs:attribute", names)!.Cast<XmlElement>(), e => Assert.NotNull(e["xs:annotation"]));
    }
}
