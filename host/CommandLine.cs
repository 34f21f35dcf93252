using System.CommandLine;
using System.CommandLine.Parsing;
using ServerlessHub.Host.Commands;
using ServerlessHub.Host.Output;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Host;

/// <summary>The whole command line: what was typed becomes a command, and whatever comes of it one exit code and, if it failed, one message.</summary>
internal static class CommandLine
{
    // An argument that begins with @ is a value like any other.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs what was typed.</summary>
    /// <param name="args">The arguments, without the program's name.</param>
    /// <param name="terminal">Where to write.</param>
    /// <param name="cancellation">Cancels the command.</param>
    public static ExitCode Run(string[] args, Terminal terminal, CancellationToken cancellation)
    {
        var root = new RootHubCommand();
        var values = root.Parse(args, Parsing);
        var command = (HubCommand)values.CommandResult.Command;
        var invocation = new Invocation(values, terminal, cancellation);
        try
        {
            if (values.GetValue(CommonOptions.Help) || args.Length == 0)
                return CommandHelp.Write(command, terminal.Output);
            if (values.Errors.Count > 0)
                throw Misuse(values, command);
            return command.Execute(invocation);
        }
        catch (CommandException e)
        {
            ErrorText.Write(terminal, e.Message, e.Hint);
            return e.Code;
        }
        catch (DocumentRefusedException e)
        {
            return e.Show(invocation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            ErrorText.Write(terminal, "cancelled", null);
            return ExitCode.Cancelled;
        }
        catch (Exception e) when (UserFailure.Explain(Cause(e)) is { } failure)
        {
            ErrorText.Write(terminal, failure.Message, failure.Hint);
            return failure.Code;
        }
        catch (Exception e)
        {
            ErrorText.WriteUnexpected(terminal, e, args);
            return ExitCode.Internal;
        }
    }

    private static CommandException Misuse(ParseResult values, HubCommand command)
    {
        var help = $"see '{CommandHelp.Path(command)} --help'";
        if (values.UnmatchedTokens.Count > 0)
        {
            var unknown = values.UnmatchedTokens[0];
            var known = command.Subcommands.Select(c => c.Name).Concat(command.Options.SelectMany(o => o.Aliases.Prepend(o.Name)));
            var near = NearestName.Hint(unknown, known);
            return CommandException.Usage($"'{unknown}' is not known here", near is null ? help : $"{near} ({help})");
        }
        if (
            command.Arguments.FirstOrDefault(a => a.Arity.MinimumNumberOfValues > 0 && values.GetResult(a) is not { Tokens.Count: > 0 }) is
            { } missing
        )
            return CommandException.Usage($"'{CommandHelp.Path(command)}' needs a <{missing.HelpName ?? missing.Name}>", help);
        return command.IsGroup
            ? CommandException.Usage(
                $"'{CommandHelp.Path(command)}' is not enough: say {string.Join(", ", command.Subcommands.Select(c => c.Name))}",
                help
            )
            : CommandException.Usage(Reason(values.Errors[0]), help);
    }

    // The parser would name a type of the runtime.
    private static string Reason(ParseError error) =>
        error.Message.Contains("System.", StringComparison.Ordinal)
        && error.SymbolResult is OptionResult { Option: var option, Tokens: [var token, ..] }
        && option.HelpName is { } wanted
            ? $"'{token.Value}' is no {wanted} that {option.Name} takes"
            : Lower(error.Message.TrimEnd('.'));

    // What threads did together fails together; the first failure tells enough.
    private static Exception Cause(Exception e) => e is AggregateException { InnerExceptions: [var first, ..] } ? first : e;

    private static string Lower(string sentence) => char.ToLowerInvariant(sentence[0]) + sentence[1..];
}
