using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Definitions;
using ServerlessHub.Streams.Processing;
using ServerlessHub.Streams.Running;

namespace ServerlessHub.Host.Cases;

/// <summary>Takes the events of a case through its stream.</summary>
internal static class StreamCase
{
    // As much as a case needs, so that many can run side by side.
    private static readonly StreamOptions Modest = new() { MemoryLimitBytes = 512 << 20, Threads = 1 };

    /// <summary>Takes them through, batch by batch.</summary>
    /// <param name="testCase">The case.</param>
    /// <param name="root">Its hub root.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <returns>Why it failed; null when it did not.</returns>
    /// <exception cref="CommandException">The case itself is not as it should be.</exception>
    public static string? Run(TestCase testCase, CaseRoot root, TimeProvider time, CancellationToken cancellation)
    {
        var document = Named.Stream(root.Root, root.Document);
        var findings = new Diagnostics();
        if (DocumentFile.Read(root.Root, document, findings) is not { } file)
            return CaseRun.Text(findings);
        using var validator = new StreamValidator(root.Root);
        var validation = validator.Validate(file);
        if (validation.Definition is not { } stream)
            return CaseRun.Text(validation.Findings);
        try
        {
            using var processor = new StreamProcessor(root.Root, stream, Modest, time);
            foreach (var batch in new CaseEvents(testCase.Folder, Topic(stream.Document), time.GetUtcNow()).Batches())
                processor.ProcessBatch(batch, cancellation);
            return null;
        }
        catch (StreamException e)
        {
            return CaseRun.Text(e.Message, e.Hint);
        }
        catch (LakeException e)
        {
            return TableName.Explain(e);
        }
    }

    private static string Topic(StreamDocument stream)
    {
        var source = stream.Ingest!.Source;
        return source.Spec.Name switch
        {
            "kafka" => source["topic"]!,
            "eventHub" => source["name"]!,
            _ => source.Spec.Name,
        };
    }
}
