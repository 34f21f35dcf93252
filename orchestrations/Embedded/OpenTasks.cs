namespace ServerlessHub.Orchestrations.Embedded;

/// <summary>What an orchestration has called and has no answer to yet, by its history alone.</summary>
internal sealed class OpenTasks
{
    private readonly Dictionary<int, Decision> _open = [];

    public IReadOnlyCollection<Decision> All => _open.Values;

    public static OpenTasks Of(IEnumerable<Turn> turns)
    {
        var open = new OpenTasks();
        foreach (var turn in turns)
            open.Apply(turn, keepInputs: true);
        return open;
    }

    /// <param name="turn">What happened next.</param>
    /// <param name="keepInputs">False to hold none of the record's bytes.</param>
    public void Apply(Turn turn, bool keepInputs)
    {
        foreach (var happened in turn.Events)
            _open.Remove(TaskOf(happened));
        foreach (var decision in turn.Decisions)
        {
            if (decision is CancelTimer)
                _open.Remove(decision.Task);
            else
                _open[decision.Task] = keepInputs ? decision : WithoutInput(decision);
        }
    }

    private static int TaskOf(HistoryEvent happened) =>
        happened switch
        {
            TaskCompleted completed => completed.Task,
            TaskFailed failed => failed.Task,
            TimerFired fired => fired.Task,
            _ => -1,
        };

    private static Decision WithoutInput(Decision decision) =>
        decision switch
        {
            ScheduleActivity activity => activity with { Input = default },
            StartChild child => child with { Input = default },
            _ => decision,
        };
}
