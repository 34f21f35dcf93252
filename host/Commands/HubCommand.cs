using System.CommandLine;
using ServerlessHub.Host.Output;

namespace ServerlessHub.Host.Commands;

/// <summary>A command: what it is called, what help says about it, and what it does.</summary>
internal abstract class HubCommand : Command
{
    /// <summary>A command with its one-line summary.</summary>
    protected HubCommand(string name, string summary)
        : base(name, summary) { }

    /// <summary>More about it than the summary, in paragraphs; empty when the summary says all.</summary>
    public string Details { get; protected init; } = "";

    /// <summary>Command lines as people type them, each with what it does.</summary>
    public IReadOnlyList<(string Line, string Meaning)> Examples { get; protected init; } = [];

    /// <summary>The codes it may end with besides those every command may: done, wrong usage, an error in the hub.</summary>
    public IReadOnlyList<ExitCode> ExitCodes { get; protected init; } = [];

    /// <summary>What <c>--json</c> prints; null for a command without it.</summary>
    public Type? JsonOutput { get; protected init; }

    /// <summary>What <c>--json</c> prints of a job, where a command takes pipelines and jobs; null for one that does not.</summary>
    public Type? JobJsonOutput { get; protected init; }

    /// <summary>What <c>--json</c> prints of a stream, where a command takes streams too; null for one that does not.</summary>
    public Type? StreamJsonOutput { get; protected init; }

    /// <summary>Whether it does nothing itself, but holds others.</summary>
    public bool IsGroup => Subcommands.Count > 0 && Arguments.Count == 0;

    /// <summary>Does it.</summary>
    /// <param name="invocation">What was typed, and where to write.</param>
    /// <exception cref="CommandException">It cannot be done, for a reason that whoever typed it can mend.</exception>
    public abstract ExitCode Execute(Invocation invocation);
}

/// <summary>One use of a command.</summary>
/// <param name="Values">What was typed.</param>
/// <param name="Terminal">Where to write.</param>
/// <param name="Cancellation">Cancelled when Ctrl-C is pressed.</param>
internal sealed record Invocation(ParseResult Values, Terminal Terminal, CancellationToken Cancellation)
{
    /// <summary>Whether a program reads the results.</summary>
    public bool Json => Values.GetValue(CommonOptions.Json);

    /// <summary>The value of an option, its default when it was not typed.</summary>
    public T? Value<T>(Option<T> option) => Values.GetValue(option);

    /// <summary>The value of an argument, its default when it was not typed.</summary>
    public T? Value<T>(Argument<T> argument) => Values.GetValue(argument);
}
