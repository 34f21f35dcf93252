using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Masking;
using ServerlessHub.Pipelines.Planning;
using ServerlessHub.Pipelines.Secrets;

namespace ServerlessHub.Pipelines.Running;

/// <summary>What failed, in words for the user of the pipeline.</summary>
/// <param name="Message">What happened, and where.</param>
/// <param name="Hint">What to do; null when the message says it, or when the cause lies in the machine and its surroundings.</param>
/// <param name="MayPass">Whether the cause lies there, so that the same run may succeed later as it is.</param>
internal sealed record RunFailure(string Message, string? Hint, bool MayPass = false)
{
    private const string MakeRoom = "make room and run it again; nothing half-written was left";

    /// <summary>The failure that an exception means, or null when it is none that a user could cause or mend.</summary>
    public static RunFailure? Explain(Exception e, BoundPipeline pipeline) =>
        e switch
        {
            RunException r => new(r.Message, r.Hint, r.IsTransient),
            EngineException { InnerException: RunException r } => new(r.Message, r.Hint, r.IsTransient),
            EngineException { InnerException: MaskException m } => new(m.Message, null),
            SecretException s => new(s.Message, null, s.IsTransient),
            LakeException l => new(TableName.Explain(l), null),
            EngineException x => OfEngine(x, pipeline),
            UnauthorizedAccessException u => new(u.Message, "give the hub's user the right to read and write there"),
            IOException io when IsDiskFull(io) => new("the disk is full", MakeRoom),
            IOException io => new(io.Message, null, MayPass: true),
            _ => null,
        };

    private static RunFailure OfEngine(EngineException e, BoundPipeline pipeline)
    {
        if (RaisedError.Find(e.Message) is { } raised)
            return new(raised.Message, raised.Hint);
        if (e.Message.Contains("No space left on device", StringComparison.Ordinal))
            return new("the disk is full", MakeRoom);
        if (e.Message.Contains("File too large", StringComparison.Ordinal))
            return new(
                "a file would be larger than this user may write",
                "raise the limit (ulimit -f) and run it again; nothing half-written was left"
            );
        return e.Kind switch
        {
            EngineErrorKind.OutOfMemory => new(
                $"the run needs more memory than its budget: {EngineMessage.FirstLine(e)}",
                "give it a larger budget (--memory), or make room where it spills"
            ),
            EngineErrorKind.Conversion or EngineErrorKind.OutOfRange => new(
                $"a value does not fit its type: {EngineMessage.FirstLine(e)}",
                "correct it where it comes from, or convert it with try_cast(… AS …), which makes null of what does not fit"
            ),
            var kind => new(
                $"pipeline '{pipeline.Document.Id}': {EngineMessage.FirstLine(e)}",
                null,
                kind is EngineErrorKind.IO or EngineErrorKind.Network or EngineErrorKind.Http
            ),
        };
    }

    private static bool IsDiskFull(IOException e) => (e.HResult & 0xFFFF) is 28 or 112;
}
