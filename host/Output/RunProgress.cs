using ServerlessHub.Pipelines.Running;
using Spectre.Console;

namespace ServerlessHub.Host.Output;

/// <summary>Shows how far a run is: bars where a person looks, nothing elsewhere.</summary>
internal static class RunProgress
{
    /// <summary>Runs something with its progress shown.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="run">What to run; it reports to the watcher it is given, or to nobody.</param>
    public static T Show<T>(Terminal terminal, Func<IProgress<RunEvent>?, T> run)
    {
        if (!terminal.IsErrorPerson || !terminal.ErrorScreen.Profile.Capabilities.Interactive)
            return run(null);
        return terminal
            .ErrorScreen.Progress()
            .AutoClear(true)
            .Columns(
                new SpinnerColumn(),
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = 24 },
                new PercentageColumn(),
                new ElapsedTimeColumn()
            )
            .Start(context => run(new Bars(context)));
    }

    /// <summary>A bar for each stage of the run.</summary>
    private sealed class Bars(ProgressContext context) : IProgress<RunEvent>
    {
        private readonly Lock gate = new();
        private ProgressTask? current;

        public void Report(RunEvent value)
        {
            lock (gate)
                switch (value)
                {
                    case StageStarted stage:
                        Finish();
                        current = context.AddTask(Markup.Escape($"{stage.Number}/{stage.Count} {stage.Text}"));
                        current.IsIndeterminate = true;
                        break;
                    case StageProgress { Percent: { } percent } when current is not null:
                        current.IsIndeterminate = false;
                        current.Value = Math.Max(current.Value, percent);
                        break;
                    case TargetCommitted:
                        Finish();
                        break;
                }
        }

        private void Finish()
        {
            if (current is null)
                return;
            current.IsIndeterminate = false;
            current.Value = current.MaxValue;
            current.StopTask();
            current = null;
        }
    }
}
