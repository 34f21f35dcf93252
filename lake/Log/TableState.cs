namespace ServerlessHub.Lake.Log;

/// <summary>What a log says when its actions are replayed in order: the protocol's reconciliation of actions.</summary>
internal sealed class TableState
{
    private readonly Dictionary<FileKey, AddFile> _files;
    private readonly Dictionary<FileKey, RemoveFile> _tombstones;
    private readonly Dictionary<string, AppliedTransaction> _transactions;
    private readonly Dictionary<string, DomainMetadata> _domains;

    /// <summary>An empty state, or a copy of one to go on from.</summary>
    public TableState(TableState? start = null)
    {
        _files = new(start?._files ?? []);
        _tombstones = new(start?._tombstones ?? []);
        _transactions = new(start?._transactions ?? []);
        _domains = new(start?._domains ?? []);
        Protocol = start?.Protocol;
        Metadata = start?.Metadata;
        Warnings = [.. start?.Warnings ?? []];
    }

    /// <summary>What was wrong with the log and did no harm.</summary>
    public List<string> Warnings { get; }

    public TableProtocol? Protocol { get; private set; }

    public TableMetadata? Metadata { get; private set; }

    public IReadOnlyCollection<AddFile> Files => _files.Values;

    public IReadOnlyCollection<RemoveFile> Tombstones => _tombstones.Values;

    public IReadOnlyDictionary<string, AppliedTransaction> Transactions => _transactions;

    public IReadOnlyCollection<DomainMetadata> Domains => _domains.Values;

    /// <summary>Applies an action of the given version; for a checkpoint's row that is the checkpoint's version.</summary>
    public void Apply(LogAction action, long version)
    {
        Protocol = action.Protocol ?? Protocol;
        Metadata = action.MetaData ?? Metadata;
        if (action.Txn is { } transaction)
            _transactions[transaction.AppId] = new(transaction, version);
        if (action.DomainMetadata is { } domain)
            Apply(domain);
        if (action.Add is { } add)
        {
            var key = FileKey.Of(add);
            _files[key] = add;
            _tombstones.Remove(key);
        }
        if (action.Remove is { } remove)
        {
            var key = FileKey.Of(remove);
            _files.Remove(key);
            _tombstones[key] = remove;
        }
    }

    private void Apply(DomainMetadata domain)
    {
        if (domain.Removed == true)
            _domains.Remove(domain.Domain);
        else
            _domains[domain.Domain] = domain;
    }
}

/// <summary>An application's progress, and the table's version with which it came, or by which, if only a checkpoint tells.</summary>
internal readonly record struct AppliedTransaction(SetTransaction Transaction, long TableVersion);
