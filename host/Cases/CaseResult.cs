namespace ServerlessHub.Host.Cases;

/// <summary>What <c>hub test --json</c> prints.</summary>
/// <param name="Passed">The number of cases that passed.</param>
/// <param name="Failed">The number of cases that failed.</param>
/// <param name="Cases">The cases, in the order in which they ran.</param>
internal sealed record TestOutput(int Passed, int Failed, IReadOnlyList<CaseResult> Cases);

/// <summary>What came of a case.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Folder">Its folder, absolute.</param>
/// <param name="Passed">Whether what came out is what was expected.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Differences">How they differ.</param>
internal sealed record CaseResult(string Name, string Folder, bool Passed, double Seconds, IReadOnlyList<CaseDifference> Differences);

/// <summary>How an output differs from what was expected.</summary>
/// <param name="Output">The output, as its file below <c>expected/</c>.</param>
/// <param name="Problem">What is wrong.</param>
internal sealed record CaseDifference(string Output, string Problem)
{
    /// <summary>The names of the columns.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>The rows that differ.</summary>
    public RowDifference? Rows { get; init; }
}
