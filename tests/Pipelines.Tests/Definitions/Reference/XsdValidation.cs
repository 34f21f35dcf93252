using System.Xml;
using System.Xml.Schema;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Reference;

namespace ServerlessHub.Pipelines.Tests.Definitions.Reference;

/// <summary>Validates documents with .NET's own XML Schema processor.</summary>
internal sealed class XsdValidation
{
    private readonly XmlSchemaSet schemas = new();

    public XsdValidation(ElementSpec root)
    {
        using var reader = XmlReader.Create(new StringReader(XsdWriter.Write(root)));
        schemas.Add(XmlSchema.Read(reader, (_, e) => throw e.Exception)!);
        schemas.Compile();
    }

    /// <summary>What is wrong with a document.</summary>
    public IReadOnlyList<string> Validate(string text)
    {
        var found = new List<string>();
        var settings = new XmlReaderSettings
        {
            ValidationType = ValidationType.Schema,
            Schemas = schemas,
            ValidationFlags = XmlSchemaValidationFlags.ReportValidationWarnings,
        };
        settings.ValidationEventHandler += (_, e) => found.Add($"{e.Exception.LineNumber}:{e.Exception.LinePosition} {e.Message}");
        using var reader = XmlReader.Create(new StringReader(text), settings);
        while (reader.Read()) { }
        return found;
    }
}
