using System.CommandLine;
using ServerlessHub.Host.Commands;
using ServerlessHub.Host.Output;

namespace ServerlessHub.Host;

/// <summary>What <c>--help</c> shows, made from a command's declaration; fits 80 columns.</summary>
internal static class CommandHelp
{
    private const int Width = 80;
    private const int MeaningColumn = 24;

    /// <summary>Writes the help of a command.</summary>
    public static ExitCode Write(HubCommand command, TextWriter output)
    {
        output.Write(Text(command));
        return ExitCode.Done;
    }

    /// <summary>The help of a command, each line with its end.</summary>
    public static string Text(HubCommand command)
    {
        var text = new StringWriter { NewLine = "\n" };
        text.WriteLine($"Usage: {Usage(command)}");
        Paragraphs(text, $"{command.Description}\n\n{command.Details}");
        Section(text, "Commands", command.Subcommands.Select(c => (c.Name, c.Description!)));
        Section(text, "Arguments", command.Arguments.Select(a => ($"<{a.HelpName ?? a.Name}>", a.Description!)));
        Section(text, "Options", OptionsOf(command).Select(o => (Spelling(o), Meaning(o))));
        if (command.Examples.Count > 0)
        {
            text.WriteLine("\nExamples:");
            foreach (var (line, meaning) in command.Examples)
            {
                text.WriteLine($"  {line}");
                foreach (var part in TextWrap.Lines(meaning, Width - 6))
                    text.WriteLine($"      {part}");
            }
        }
        Section(text, "Exit codes", CodesOf(command).Select(c => (((int)c).ToString(), c.Meaning())), column: 7);
        return text.ToString();
    }

    /// <summary>The words that call a command: <c>hub tables show</c>.</summary>
    public static string Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{Path(parent)} {command.Name}" : command.Name;

    /// <summary>A command's options, its own and those of every command.</summary>
    public static IEnumerable<Option> OptionsOf(HubCommand command) =>
        command.Options.Contains(CommonOptions.Help) ? command.Options : command.Options.Append(CommonOptions.Help);

    /// <summary>How an option is typed: <c>-p, --parameter &lt;name=value&gt;</c>.</summary>
    public static string Spelling(Option option)
    {
        var names = string.Join(", ", option.Aliases.Where(a => a.StartsWith('-') && a != "-?").Append(option.Name));
        return option.ValueType == typeof(bool) ? names : $"{names} <{option.HelpName ?? option.Name.TrimStart('-')}>";
    }

    /// <summary>The codes a command may end with.</summary>
    public static IEnumerable<ExitCode> CodesOf(HubCommand command) =>
        command.IsGroup && command.Parents.Any()
            ? []
            : command.ExitCodes.Concat([ExitCode.Done, ExitCode.Usage, ExitCode.Internal]).Distinct().Order();

    /// <summary>How a command is called, with its arguments.</summary>
    public static string Usage(HubCommand command)
    {
        var arguments = command.Arguments.Select(a =>
        {
            var name = $"<{a.HelpName ?? a.Name}>{(a.Arity.MaximumNumberOfValues > 1 ? "…" : "")}";
            return a.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
        });
        var required = command.Options.Where(o => o.Required).Select(Spelling);
        IEnumerable<string> parts = command.IsGroup ? ["<command>", "[options]"] : [.. arguments, .. required, "[options]"];
        return $"{Path(command)} {string.Join(' ', parts)}";
    }

    private static string Meaning(Option option) => option.Required ? $"{option.Description} Required." : option.Description!;

    private static void Paragraphs(TextWriter text, string paragraphs)
    {
        foreach (var paragraph in paragraphs.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            text.WriteLine();
            foreach (var line in TextWrap.Lines(paragraph.ReplaceLineEndings(" "), Width))
                text.WriteLine(line);
        }
    }

    private static void Section(
        TextWriter text,
        string title,
        IEnumerable<(string Name, string Meaning)> entries,
        int column = MeaningColumn
    )
    {
        var titled = false;
        foreach (var (name, meaning) in entries)
        {
            if (!titled)
                text.WriteLine($"\n{title}:");
            titled = true;
            var lines = TextWrap.Lines(meaning, Width - column).ToList();
            // A name that is too long for its column has a line of its own.
            if (name.Length + 4 > column)
                text.WriteLine($"  {name}");
            else
            {
                text.WriteLine($"  {name}".PadRight(column) + lines[0]);
                lines.RemoveAt(0);
            }
            foreach (var line in lines)
                text.WriteLine(new string(' ', column) + line);
        }
    }
}
