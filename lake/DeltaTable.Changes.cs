using System.Globalization;
using ServerlessHub.Engine;
using ServerlessHub.Lake.Writing;

namespace ServerlessHub.Lake;

// The changes of a table that no rows come in for.
public sealed partial class DeltaTable
{
    /// <summary>Phase 1 of taking rows out of the table, as <see cref="Stage"/> is of a write.</summary>
    /// <param name="connection">Finds the rows; it must be allowed to write to the table's folder.</param>
    /// <param name="condition">
    /// An expression in SQL on the table's columns, which the caller has checked to be one: the rows for which it is true go. Null for all.
    /// </param>
    /// <param name="options">How the change is known again.</param>
    /// <param name="ct">Ends it; nothing is left behind.</param>
    /// <exception cref="LakeException">There is no table, it cannot be written to, or the condition is none on its columns.</exception>
    /// <exception cref="EngineException">The condition fails on a row, or the files cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public StagedWrite StageDelete(Connection connection, string? condition, CommitOptions options, CancellationToken ct = default) =>
        StageRows(connection, options, before => WriteTarget.Of(Path, before), rows => rows.Delete(condition, ct), ct);

    /// <summary>Phase 1 of giving columns new values, as <see cref="Stage"/> is of a write.</summary>
    /// <param name="connection">Finds the rows; it must be allowed to write to the table's folder.</param>
    /// <param name="set">Columns, and expressions in SQL on the row as it was, which the caller has checked to be such.</param>
    /// <param name="condition">Likewise the condition on the rows that are changed; null for all.</param>
    /// <param name="options">How the change is known again.</param>
    /// <param name="ct">Ends it; nothing is left behind.</param>
    /// <exception cref="ArgumentException">Nothing is to be set.</exception>
    /// <inheritdoc cref="StageDelete"/>
    public StagedWrite StageUpdate(
        Connection connection,
        IReadOnlyDictionary<string, string> set,
        string? condition,
        CommitOptions options,
        CancellationToken ct = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfZero(set.Count, nameof(set));
        return StageRows(
            connection,
            options,
            before => WriteTarget.OfRows(Path, before, connection),
            rows => rows.Update(set, condition, ct),
            ct
        );
    }

    /// <summary>
    /// Phase 1 of making the table what it was at a version, or at a time: rows, columns and properties. It is a new version; the ones
    /// between stay in the history.
    /// </summary>
    /// <exception cref="ArgumentException">Not exactly one of a version and a time is given.</exception>
    /// <exception cref="LakeException">There is no table, no such version, or a file of it is gone.</exception>
    public StagedWrite StageRestore(
        CommitOptions options,
        long? version = null,
        DateTimeOffset? timestamp = null,
        CancellationToken ct = default
    )
    {
        if (version is null == timestamp is null)
            throw new ArgumentException("Give a version or a time.", nameof(version));
        var asked = version is { } number
            ? ("version", number.ToString(CultureInfo.InvariantCulture))
            : ("timestamp", timestamp!.Value.ToString("O", CultureInfo.InvariantCulture));
        return Staged(
            options,
            before =>
            {
                WriteTarget.Of(Path, before ?? throw NoTable());
                var then = TryRead(version, timestamp, ct) ?? throw NoTable();
                return new(_storage, Path, _time, options, null, new RestoreStaging(Path, _time).Stage(before, then, asked));
            },
            ct
        );
    }

    /// <summary>
    /// Phase 1 of setting properties of the table, such as <c>delta.enableDeletionVectors</c>; what a property needs of other clients is
    /// made part of the table's protocol.
    /// </summary>
    /// <param name="properties">Names and values; null takes a property away.</param>
    /// <param name="options">How the change is known again.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="LakeException">There is no table, or a property of the protocol's is not one that this version sets.</exception>
    public StagedWrite StageProperties(
        IReadOnlyDictionary<string, string?> properties,
        CommitOptions options,
        CancellationToken ct = default
    ) => StageMetadata(options, staging => staging.SetProperties(properties), ct);

    /// <summary>Phase 1 of adding a condition that each row of the table fulfils from now on; the rows that are there are checked.</summary>
    /// <param name="connection">Checks the rows; its time zone is set to UTC.</param>
    /// <param name="name">The constraint's name, unique without regard to case.</param>
    /// <param name="expression">
    /// An expression in SQL on the table's columns. It is kept as it stands, for Spark too, so it may have only what means the same to both.
    /// </param>
    /// <param name="options">How the change is known again.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="LakeException">There is no table, a row breaks the constraint, there is one of the name, or it is no such expression.</exception>
    /// <exception cref="EngineException">A file cannot be read.</exception>
    public StagedWrite StageConstraint(
        Connection connection,
        string name,
        string expression,
        CommitOptions options,
        CancellationToken ct = default
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return StageMetadata(
            options,
            staging =>
            {
                RequireUtc(connection);
                return staging.AddConstraint(connection, name, expression, ct);
            },
            ct
        );
    }

    /// <summary>Phase 1 of taking a constraint away.</summary>
    /// <exception cref="LakeException">There is no table, or it has no such constraint.</exception>
    public StagedWrite StageDropConstraint(string name, CommitOptions options, CancellationToken ct = default) =>
        StageMetadata(options, staging => staging.DropConstraint(name), ct);

    private StagedWrite StageMetadata(CommitOptions options, Func<MetadataStaging, StagedChange> stage, CancellationToken ct) =>
        Staged(
            options,
            before =>
            {
                WriteTarget.RequireWritable(Path, before ?? throw NoTable(), onlyAppends: true);
                return new(_storage, Path, _time, options, null, stage(new(Path, before)));
            },
            ct
        );

    private StagedWrite StageRows(
        Connection connection,
        CommitOptions options,
        Func<Snapshot, WriteTarget> resolve,
        Func<RowStaging, StagedChange> stage,
        CancellationToken ct
    )
    {
        WriteTarget? target = null;
        return StageFiles(
            connection,
            options,
            before => target = resolve(before ?? throw NoTable()),
            staging => stage(new(Path, connection, staging, target!)),
            ct
        );
    }
}
