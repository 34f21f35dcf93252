using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Definitions.Schemas;

namespace ServerlessHub.Pipelines.Connectors;

/// <summary>The schema that an element names.</summary>
internal static class SchemaFile
{
    /// <summary>Reads the schema of an element's <c>schemaRef</c>; null where it names none, or where anything about it is wrong, which is reported.</summary>
    public static TableSchema? Read(Element element, ConnectorContext context)
    {
        if (element["schemaRef"] is not { } reference)
            return null;
        if (context.Root.Schema(reference, context.Address, element.LocationOf("schemaRef"), context.Findings) is not { } file)
            return null;
        try
        {
            return SchemaReader.Read(File.ReadAllText(file), context.Root.Relative(file) ?? reference, context.Findings);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            context.Findings.Add(
                Rule.MissingFile,
                element.LocationOf("schemaRef"),
                $"the schema '{reference}' cannot be read: {e.Message}"
            );
            return null;
        }
    }
}
