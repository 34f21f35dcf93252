using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Connectors.Databases;

/// <summary>A run's write into a table: all of it, and the run's token, in one transaction of the database.</summary>
internal sealed class DatabaseWrite : OpenedTarget
{
    private readonly DatabaseSession session;
    private readonly Element target;
    private readonly TargetRows rows;
    private readonly QueryParameter token;
    private WriteOutcome? outcome;
    private bool isCommitted;

    public DatabaseWrite(DatabaseSession session, Element target, TargetRows rows, string token)
    {
        (this.session, this.target, this.rows) = (session, target, rows);
        this.token = new QueryParameter("token", token, LogicalType.Varchar);
        PrepareTokens();
        if (session.Rows($"SELECT row_count FROM {DatabaseSession.Tokens} WHERE token = :token", this.token) is [[{ } count]])
        {
            outcome = new WriteOutcome(long.Parse(count), 0, 0, null, AlreadyCommitted: true);
            isCommitted = true;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Paths => session.Paths;

    /// <inheritdoc/>
    public override bool IsCommitted => isCommitted;

    /// <inheritdoc/>
    public override void Stage(Connection connection, string sql, IReadOnlyList<Column> columns, CancellationToken cancellation)
    {
        session.Begin(DatabaseSession.Isolation(target));
        var match = TableMatch.Of(target, rows.Columns, session);
        match.Demand();
        if (!match.Exists)
        {
            foreach (var statement in session.Create(match.Table, rows.Columns, match.Keys))
                session.Define(statement);
            match = TableMatch.Of(target, rows.Columns, session);
            match.Demand();
        }
        var select = match.Select(rows.Select(sql));
        var into = session.QuoteTable(match.Table);
        switch (target["mode"])
        {
            case "merge":
                outcome = Merge(match, connection, select, cancellation);
                return;
            case "overwrite":
                session.Execute($"DELETE FROM {into}");
                break;
            case "truncateInsert":
                session.Execute(session.Truncate(match.Table));
                break;
        }
        outcome = Outcome(Write(match, connection, select, into, cancellation));
    }

    /// <inheritdoc/>
    public override WriteOutcome Commit(CancellationToken cancellation)
    {
        if (isCommitted)
            return outcome!;
        session.Execute(
            $"INSERT INTO {DatabaseSession.Tokens} (token, row_count) VALUES (:token, :count)",
            token,
            new QueryParameter("count", outcome!.Rows, LogicalType.BigInt)
        );
        session.Commit();
        isCommitted = true;
        return outcome;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        session.Dispose();
        base.Dispose();
    }

    private static WriteOutcome Outcome(long count) => new(count, 0, 0, null, AlreadyCommitted: false);

    /// <summary>Makes the table of tokens, which another run may do at the same time.</summary>
    private void PrepareTokens()
    {
        if (session.Columns(DatabaseSession.Tokens) is not null)
            return;
        try
        {
            session.Execute(session.CreateTokens);
        }
        catch (RunException e)
        {
            if (session.Columns(DatabaseSession.Tokens) is null)
                throw new RunException(e.Message, $"let someone who may create it: {session.CreateTokens}", e.IsTransient, e);
        }
    }

    private long Write(TableMatch match, Connection connection, string select, string into, CancellationToken cancellation) =>
        session.Write(connection, select, into, match.Columns, target.Number("writeBatchSize"), cancellation);

    private WriteOutcome Merge(TableMatch match, Connection connection, string select, CancellationToken cancellation)
    {
        var columns = match.Columns.Select(c => c.Name).ToArray();
        session.Execute(session.CreateStaging(match.Table, columns));
        var count = Write(match, connection, select, session.Staging, cancellation);
        CheckKeys(match);
        var updated = session.Update(match.Table, columns, match.Keys) is { } update ? session.Execute(update) : 0;
        var inserted = session.Execute(session.Insert(match.Table, columns, match.Keys));
        return Outcome(count) with
        {
            Detail = new Dictionary<string, long> { ["inserted"] = inserted, ["updated"] = updated },
        };
    }

    private void CheckKeys(TableMatch match)
    {
        var isNull = string.Join(" OR ", match.Keys.Select(k => $"{session.Quote(k)} IS NULL"));
        if (session.Rows($"SELECT count(*) FROM {session.Staging} WHERE {isNull}") is [[not "0" and { } nulls]])
            throw new RunException(
                $"{match.Table}: {nulls} incoming rows have no value for a key ({string.Join(", ", match.Keys)})",
                "filter them out, or give the key a value with <derive>"
            );
        var twice = session.Rows(session.Duplicates(match.Keys));
        if (twice.Count > 0)
            throw new RunException(
                $"{match.Table}: more than one incoming row has the same key ({string.Join(", ", match.Keys)}), for instance "
                    + string.Join("; ", twice.Select(r => $"{string.Join(", ", r[..^1])} ({r[^1]} rows)")),
                "keep one of them with <deduplicate>"
            );
    }
}
