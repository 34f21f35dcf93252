namespace ServerlessHub.Orchestrations.Durable;

/// <summary>Why an activity or an orchestration failed, as a plain record: what crosses a durable boundary is never an exception itself.</summary>
/// <param name="Type">The exception's type, by its full name.</param>
/// <param name="Message">Its message, of at most <see cref="MaximumMessage"/> characters.</param>
/// <param name="Inner">What caused it, at most <see cref="MaximumDepth"/> deep; null when nothing is known to have.</param>
public sealed record TaskFailure(string Type, string Message, TaskFailure? Inner = null)
{
    /// <summary>The longest message that is kept.</summary>
    public const int MaximumMessage = 4_000;

    /// <summary>The longest chain of causes that is kept.</summary>
    public const int MaximumDepth = 5;

    /// <summary>The failure that an exception is.</summary>
    public static TaskFailure Of(Exception exception) => Of(exception, 1);

    private static TaskFailure Of(Exception exception, int depth)
    {
        if (exception is TaskFailedException failed)
            return failed.Failure;
        var message = exception.Message.Length > MaximumMessage ? exception.Message[..MaximumMessage] : exception.Message;
        var inner = exception.InnerException is { } cause && depth < MaximumDepth ? Of(cause, depth + 1) : null;
        return new TaskFailure(exception.GetType().FullName ?? exception.GetType().Name, message, inner);
    }
}
