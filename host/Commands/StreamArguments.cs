using System.CommandLine;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Events;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Host.Commands;

/// <summary>What the commands on streams take.</summary>
internal static class StreamArguments
{
    /// <summary>The stream a command is about.</summary>
    public static Argument<string> Stream { get; } =
        new("stream") { Description = "The stream: its id, app/layer/id where the id alone is not clear, or its file." };

    /// <summary>A partition of a source.</summary>
    /// <exception cref="CommandException">It is none.</exception>
    public static SourcePartition Partition(string text)
    {
        try
        {
            return SourcePartition.Parse(text);
        }
        catch (FormatException)
        {
            throw CommandException.Usage($"'{text}' is no partition of a source", "write topic/number, such as orders/3");
        }
    }

    /// <summary>The stream that was typed, as its document is now.</summary>
    /// <exception cref="CommandException">There is none, or more than one.</exception>
    /// <exception cref="DocumentRefusedException">The document is not valid.</exception>
    public static StreamDefinition Read(Invocation invocation, HubRoot root)
    {
        var document = Named.Stream(root, invocation.Value(Stream)!);
        try
        {
            return StreamFile.Read(root, document);
        }
        catch (InvalidDocumentException e)
        {
            throw new DocumentRefusedException(root, document, e.Findings);
        }
    }
}
