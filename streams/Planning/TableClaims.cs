using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Streams.Definitions;

namespace ServerlessHub.Streams.Planning;

/// <summary>The tables of a stream as its document names them, each for one thing.</summary>
internal sealed class TableClaims(DocumentAddress stream, Diagnostics findings)
{
    private readonly Dictionary<string, (string For, SourceLocation At)> _claimed = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The table that an attribute names; reports and returns null where it is none, another application's, or taken.</summary>
    /// <param name="element">The element.</param>
    /// <param name="attribute">The attribute.</param>
    /// <param name="purpose">What the table has.</param>
    public TableName? Claim(Element element, string attribute, string purpose)
    {
        var (text, at) = (element[attribute]!, element.LocationOf(attribute));
        if (StreamTable.Parse(text, stream) is not { } name)
        {
            findings.Add(
                Rule.BadValue,
                at,
                $"'{text}' is no table",
                NearestName.Hint(text.Split('.')[0], text.Contains('.', StringComparison.Ordinal) ? PipelineSpec.Layers : [])
                    ?? "write table, or layer.table; a name has letters, digits, _ and -"
            );
            return null;
        }
        if (name.App != stream.App)
        {
            findings.Add(Rule.Unsupported, at, $"a stream of '{stream.App}' writes no table of '{name.App}'");
            return null;
        }
        return Claim(name, at, purpose) ? name : null;
    }

    /// <summary>Takes a table; reports and returns false where it is taken.</summary>
    public bool Claim(TableName name, SourceLocation at, string purpose)
    {
        if (_claimed.TryAdd(name.ToString(), (purpose, at)))
            return true;
        var (taken, where) = _claimed[name.ToString()];
        findings.Add(
            Rule.DuplicateName,
            at,
            $"table {name} is to have {purpose}, but it has {taken} (line {where.Line})",
            "give one of them another name"
        );
        return false;
    }
}
