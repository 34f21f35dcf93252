namespace ServerlessHub.Orchestrations.Starting;

/// <summary>A file as it was when it was taken.</summary>
/// <param name="Name">Its path, as the trigger's path names it.</param>
/// <param name="Tag">What tells its content from another one under the same name.</param>
/// <param name="Modified">When it was last written.</param>
public sealed record ArrivedFile(string Name, string Tag, DateTimeOffset Modified);

/// <summary>A run and the files that it is for.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Files">The files.</param>
public sealed record ArrivalStart(string RunId, IReadOnlyList<ArrivedFile> Files);

/// <summary>
/// What was decided about files that had come, at one moment. The entries of a trigger are numbered, and each is written once, before its runs are
/// started: it says for ever which file led to which run.
/// </summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="At">When.</param>
/// <param name="Starts">The runs.</param>
/// <param name="PassedOver">Files for which there is no run, since a newer one stands for them.</param>
public sealed record ArrivalEntry(
    long Number,
    DateTimeOffset At,
    IReadOnlyList<ArrivalStart> Starts,
    IReadOnlyList<ArrivedFile> PassedOver
);
