using System.Text;
using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Planning;

/// <summary>A user's SQL with its parameters replaced by typed variables of the engine: a value is bound, never pasted. Keeps the way back to the document.</summary>
internal sealed class ParameterText
{
    private readonly string original;
    private readonly SourceLocation start;
    private readonly List<(int Replaced, int Original)> anchors;

    private ParameterText(string sql, string original, SourceLocation start, List<(int, int)> anchors)
    {
        Sql = sql;
        this.original = original;
        this.start = start;
        this.anchors = anchors;
    }

    /// <summary>The text for the engine.</summary>
    public string Sql { get; }

    /// <summary>The variable that holds a parameter's value.</summary>
    public static string Variable(string parameter) => "param_" + parameter;

    /// <summary>Replaces each <c>:name</c>; reports unknown ones and then returns null.</summary>
    public static ParameterText? Replace(
        string sql,
        SourceLocation at,
        IReadOnlyDictionary<string, LogicalType> parameters,
        Diagnostics findings
    )
    {
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
                    Place(sql, at, reference.Start),
                    $"unknown parameter ':{reference.Name}'",
                    NearestName.Hint(reference.Name, parameters.Keys) ?? "declare it in <parameters>"
                );
            }
            anchors.Add((text.Length, position));
        }
        text.Append(sql, position, sql.Length - position);
        return complete ? new ParameterText(text.ToString(), sql, at, anchors) : null;
    }

    /// <summary>Where a position of <see cref="Sql"/> is in the document.</summary>
    public SourceLocation Locate(int position)
    {
        var (replaced, source) = anchors.FindLast(a => a.Replaced <= Math.Max(0, position));
        return Place(original, start, source + Math.Max(0, position) - replaced);
    }

    private static SourceLocation Place(string text, SourceLocation start, int offset)
    {
        var before = text.AsSpan(0, Math.Clamp(offset, 0, text.Length));
        var lines = before.Count('\n');
        return lines == 0
            ? start with
            {
                Column = start.Column + before.Length,
            }
            : start with
            {
                Line = start.Line + lines,
                Column = before.Length - before.LastIndexOf('\n'),
            };
    }
}
