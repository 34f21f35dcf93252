using System.Text.RegularExpressions;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>An error that a plan's own SQL raises about the data, already in words for the user, and the way back from the engine's message to them.</summary>
/// <param name="Message">What is wrong with the data, and where.</param>
/// <param name="Hint">What to do.</param>
internal sealed partial record RaisedError(string Message, string Hint)
{
    private const string Mark = "hub: ";
    private const string HintMark = " [hint: ";

    /// <summary>The SQL expression that raises it.</summary>
    /// <param name="message">The message, with <c>{0}</c> where a value of the data belongs.</param>
    /// <param name="value">The SQL of that value, a text; null counts as the word.</param>
    /// <param name="hint">What to do.</param>
    public static string Sql(string message, string value, string hint)
    {
        var parts = message.Split("{0}");
        return $"error({Literal(Mark + parts[0])} || coalesce({value}, 'null') || {Literal(parts[1] + HintMark + hint + "]")})";
    }

    /// <summary>What an engine's message says in the hub's own words; null when it is the engine's own.</summary>
    public static RaisedError? Find(string message) =>
        Form().Match(message) is { Success: true } m ? new RaisedError(m.Groups[1].Value, m.Groups[2].Value) : null;

    private static string Literal(string text) => Engine.Sql.Literal(text);

    [GeneratedRegex(@"hub: (.*?) \[hint: (.*?)\]", RegexOptions.Singleline)]
    private static partial Regex Form();
}
