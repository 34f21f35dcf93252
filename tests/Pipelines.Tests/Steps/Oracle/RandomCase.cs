namespace ServerlessHub.Pipelines.Tests.Steps.Oracle;

/// <summary>Small tables and steps over them, with what two datasets must hold in the end.</summary>
internal sealed record RandomCase(
    string Zone,
    IReadOnlyDictionary<string, OracleTable> Tables,
    OracleTable Reference,
    RowOrder Order,
    IReadOnlyList<OracleStep> Steps,
    string Result,
    string Other
)
{
    /// <summary>The datasets after all steps.</summary>
    /// <exception cref="NotPossibleException">The steps do not fit the tables.</exception>
    public OracleState Expected()
    {
        var state = new OracleState(Tables, Reference, Zone);
        foreach (var step in Steps)
            step.Apply(state);
        return state;
    }

    /// <summary>Whether the oracle can do it.</summary>
    public bool IsPossible()
    {
        try
        {
            var state = Expected();
            return state.Names.Contains(Result) && state.Names.Contains(Other);
        }
        catch (NotPossibleException)
        {
            return false;
        }
    }

    /// <summary>Smaller cases: without a step, without a row.</summary>
    public IEnumerable<RandomCase> Shrink()
    {
        for (var i = Steps.Count - 1; i >= 0; i--)
            yield return this with
            {
                Steps = [.. Steps.Where((_, n) => n != i)],
            };
        foreach (var (name, table) in Tables)
            for (var i = 0; i < table.Rows.Count; i++)
                yield return this with
                {
                    Tables = Tables.ToDictionary(
                        t => t.Key,
                        t => t.Key == name ? table.WithRows(table.Rows.Where((_, n) => n != i)) : t.Value
                    ),
                };
    }

    public override string ToString() =>
        $"zone {Zone}, order {Order}, result {Result}, also {Other}\n{string.Concat(Tables.Select(t => $"{t.Key} {t.Value}\n"))}reference {Reference}\n{string.Join('\n', Steps)}";
}
