namespace ServerlessHub.Lake;

/// <summary>
/// A step of a writer that does its work piece by piece, such as a stream that reads a partition: from where the table says that it is, to where it
/// is with the commit. If the table says anything else when the commit is made, somebody else has taken the step, or a part of it, and it conflicts.
/// </summary>
/// <param name="Id">Who goes: a name that is never given to other work.</param>
/// <param name="From">How far the table says it has come; null if it says nothing.</param>
/// <param name="To">How far it has come with the commit; more than before.</param>
public sealed record TransactionProgress(string Id, long? From, long To);
