using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Schemas;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>The schema that an element names.</summary>
internal static class SchemaFile
{
    /// <summary>Reads the schema of an element's <c>schemaRef</c>; null where it names none, or where anything about it is wrong, which is reported.</summary>
    public static TableSchema? Read(Element element, ConnectorContext context) =>
        Read(element, context.Root, context.Address, context.Findings);

    /// <summary>As the other, for the document of an address.</summary>
    public static TableSchema? Read(Element element, HubRoot root, DocumentAddress address, Diagnostics findings)
    {
        if (element["schemaRef"] is not { } reference)
            return null;
        if (root.Schema(reference, address, element.LocationOf("schemaRef"), findings) is not { } file)
            return null;
        try
        {
            return SchemaReader.Read(File.ReadAllText(file), root.Relative(file) ?? reference, findings);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            findings.Add(Rule.MissingFile, element.LocationOf("schemaRef"), $"the schema '{reference}' cannot be read: {e.Message}");
            return null;
        }
    }
}
