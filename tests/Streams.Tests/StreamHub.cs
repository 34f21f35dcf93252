using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Streams.Tests;

/// <summary>A hub root with stream documents of the application <c>shop</c>, and the schema of an order.</summary>
internal sealed class StreamHub : IDisposable
{
    public StreamHub()
    {
        Folder = Directory.CreateTempSubdirectory("hub-streams-").FullName;
        Write(
            "config/applications/shop/staging/schemas/order.json",
            """
            {
              "$schema": "https://json-schema.org/draft/2020-12/schema",
              "type": "object",
              "properties": {
                "order_id": {"type": "string"},
                "event_id": {"type": "string"},
                "status": {"type": "string"},
                "amount": {"type": "number"},
                "placed_at": {"type": "string", "format": "date-time"},
                "address": {"type": "object", "properties": {"city": {"type": "string"}, "country": {"type": "string"}}},
                "items": {"type": "array", "items": {"type": "object", "properties": {
                  "sku": {"type": "string"},
                  "quantity": {"type": "integer"},
                  "discounts": {"type": "array", "items": {"type": "object", "properties": {"code": {"type": "string"}}}}
                }}},
                "tags": {"type": "array", "items": {"type": "string"}}
              }
            }
            """
        );
    }

    public string Folder { get; }

    public HubRoot Root => new(Folder);

    public void Write(string path, string content)
    {
        var file = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }

    /// <summary>Writes a stream, whose body begins in line 2, and gives what validation makes of it.</summary>
    /// <param name="body">What its root element holds.</param>
    /// <param name="id">Its id.</param>
    public StreamValidation Validate(string body, string id = "orders")
    {
        Write(
            $"config/applications/shop/staging/streams/{id}.xml",
            $"""
            <stream id="{id}" version="1.0" layer="staging">
            {body}
            </stream>
            """
        );
        var root = Root;
        using var validator = new StreamValidator(root);
        return validator.Validate(DocumentFile.Read(root, root.Document(DocumentKind.Stream, id), new Diagnostics())!);
    }

    /// <summary>What is found about a stream, a line each: <c>line:column rule: message; hint</c>.</summary>
    public string[] Findings(string body) =>
        [
            .. Validate(body)
                .Findings.Select(f =>
                    $"{f.Location.Line}:{f.Location.Column} {f.Rule.Id}: {f.Message}{(f.Hint is null ? "" : "; " + f.Hint)}"
                ),
        ];

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
