namespace ServerlessHub.Host;

/// <summary>A command cannot go on for a reason that whoever typed it can mend. It is shown as one message, without a stack trace.</summary>
/// <param name="code">What the process ends with.</param>
/// <param name="message">What is wrong, and where.</param>
/// <param name="hint">What to do about it; null when the message says it.</param>
internal sealed class CommandException(ExitCode code, string message, string? hint = null) : Exception(message)
{
    /// <summary>What the process ends with.</summary>
    public ExitCode Code { get; } = code;

    /// <summary>What to do about it.</summary>
    public string? Hint { get; } = hint;

    /// <summary>The command line is wrong.</summary>
    public static CommandException Usage(string message, string? hint = null) => new(ExitCode.Usage, message, hint);

    /// <summary>Something that was named is not there.</summary>
    public static CommandException NotFound(string message, string? hint = null) => new(ExitCode.NotFound, message, hint);
}
