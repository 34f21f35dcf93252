using System.Text;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>A user's SQL with its parameters replaced by typed variables of the engine: a value is bound, never pasted. Keeps the way back to the document.</summary>
internal sealed class ParameterText
{
    private readonly SourceText original;
    private readonly List<(int Replaced, int Original)> anchors;

    private ParameterText(string sql, SourceText original, List<(int, int)> anchors)
    {
        Sql = sql;
        this.original = original;
        this.anchors = anchors;
    }

    /// <summary>The text for the engine.</summary>
    public string Sql { get; }

    /// <summary>The variable that holds a parameter's value.</summary>
    public static string Variable(string parameter) => "param_" + parameter;

    /// <summary>Replaces each <c>:name</c>; reports unknown ones and then returns null.</summary>
    public static ParameterText? Replace(SourceText original, IReadOnlyDictionary<string, LogicalType> parameters, Diagnostics findings)
    {
        var sql = original.Value;
        var text = new StringBuilder();
        var anchors = new List<(int, int)> { (0, 0) };
        var position = 0;
        var complete = true;
        foreach (var reference in SqlParameters.Find(sql))
        {
            text.Append(sql, position, reference.Start - position);
            position = reference.Start + reference.Length;
            if (parameters.TryGetValue(reference.Name, out var type))
                text.Append($"CAST(getvariable({Engine.Sql.Literal(Variable(reference.Name))}) AS {type})");
            else
            {
                complete = false;
                findings.Add(
                    Rule.UnknownParameter,
                    original.LocationAt(reference.Start),
                    $"unknown parameter ':{reference.Name}'",
                    NearestName.Hint(reference.Name, parameters.Keys) ?? "declare it in <parameters>"
                );
            }
            anchors.Add((text.Length, position));
        }
        text.Append(sql, position, sql.Length - position);
        return complete ? new ParameterText(text.ToString(), original, anchors) : null;
    }

    /// <summary>Where a character of <see cref="Sql"/> is in the document.</summary>
    public SourceLocation Locate(int position)
    {
        var (replaced, source) = anchors.FindLast(a => a.Replaced <= Math.Max(0, position));
        return original.LocationAt(source + Math.Max(0, position) - replaced);
    }

    /// <summary>Where a byte of <see cref="Sql"/> in UTF-8 is in the document: the parser counts in bytes.</summary>
    public SourceLocation LocateByte(int position)
    {
        var bytes = 0;
        var at = 0;
        foreach (var rune in Sql.EnumerateRunes())
        {
            if (bytes >= position)
                break;
            bytes += rune.Utf8SequenceLength;
            at += rune.Utf16SequenceLength;
        }
        return Locate(at);
    }
}
