namespace ServerlessHub.Lake.Log;

/// <summary>What of the table a write depends on, so that it can tell whether a commit that came first is in its way.</summary>
internal sealed class ReadSet
{
    private readonly Func<AddFile, bool> _sees;
    private readonly Func<RemoveFile, bool> _needs;

    private ReadSet(Func<AddFile, bool> sees, Func<RemoveFile, bool> needs)
    {
        _sees = sees;
        _needs = needs;
    }

    /// <summary>Nothing: rows are only added.</summary>
    public static ReadSet Nothing { get; } = new(_ => false, _ => false);

    /// <summary>The files taken out, and whatever files are added that would have been looked at too.</summary>
    public static ReadSet Files(IEnumerable<RemoveFile> removed, Func<AddFile, bool> sees)
    {
        var keys = removed.Select(FileKey.Of).ToHashSet();
        // Files that only rearrange rows are in the way by the files that they replace, not by themselves.
        return new(file => file.DataChange != false && sees(file), file => keys.Contains(FileKey.Of(file)));
    }

    /// <summary>The same, and all else that there is: every change of rows is in the way.</summary>
    public ReadSet AndEverything() =>
        new(file => file.DataChange != false || _sees(file), file => file.DataChange != false || _needs(file));

    /// <summary>Why an action of a commit that came first is in the way, or null if it is not.</summary>
    public string? ConflictWith(LogAction winner) =>
        winner switch
        {
            { Protocol: not null } => "the table's protocol was changed",
            { MetaData: not null } => "the table's schema or properties were changed",
            { DomainMetadata.Domain: TableClustering.Domain } => "the columns that the table is clustered by were changed",
            { Add: { } file } when _sees(file) => "rows were added that this write would have had to see",
            { Remove: { } file } when _needs(file) => "rows were changed or removed that this write depends on",
            _ => null,
        };
}
