using System.Text.RegularExpressions;
using ServerlessHub.Engine;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>Turns the engine's messages into what a user of a pipeline needs: the first sentence, without its class, its hints about SQL statements, and its echo of the text.</summary>
internal static partial class EngineMessage
{
    /// <summary>The first line of an engine's message, without the kind of error before it.</summary>
    public static string FirstLine(EngineException e) => Plain(e.Message);

    /// <summary>The first line of a message, without the kind of error before it.</summary>
    public static string Plain(string message)
    {
        if (message.Contains("Only SELECT statements", StringComparison.Ordinal))
            return "a pipeline's SQL only selects";
        var line = message.Split('\n', 2)[0].Trim();
        return Kind().Replace(line, "").TrimEnd('!', '.');
    }

    /// <summary>The column that a binder error says is missing, or null when it says something else.</summary>
    public static string? MissingColumn(EngineException e) =>
        Missing().Match(e.Message) is { Success: true } m ? m.Groups[1].Value + m.Groups[2].Value + m.Groups[3].Value : null;

    /// <summary>The column that a binder error says several tables have, or null when it says something else.</summary>
    public static string? AmbiguousColumn(EngineException e) =>
        Ambiguous().Match(e.Message) is { Success: true } m ? m.Groups[1].Value : null;

    /// <summary>The table that a binder error says is missing, or null when it says something else.</summary>
    public static string? MissingTable(EngineException e) => NoTable().Match(e.Message) is { Success: true } m ? m.Groups[1].Value : null;

    [GeneratedRegex(@"^([A-Z][A-Za-z]+ Error: )+")]
    private static partial Regex Kind();

    [GeneratedRegex(
        @"Referenced column ""([^""]+)"" (?:was )?not found|(?:Table|Values list) ""[^""]*"" does not have a column named ""([^""]+)""|Column ""([^""]+)"" does not exist on"
    )]
    private static partial Regex Missing();

    [GeneratedRegex(@"Ambiguous reference to column name ""([^""]+)""")]
    private static partial Regex Ambiguous();

    [GeneratedRegex(@"Referenced table ""([^""]+)"" not found")]
    private static partial Regex NoTable();
}
