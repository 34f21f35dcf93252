using Microsoft.DurableTask;
using ServerlessHub.Orchestrations.Durable;
using Platform = Microsoft.DurableTask;

namespace ServerlessHub.Functions.Durable;

/// <summary>Failures as the platform keeps them: what the hub says of one is the cause of the platform's own exception.</summary>
internal static class PlatformFailure
{
    private static readonly string Wrapper = typeof(Platform.TaskFailedException).FullName!;

    /// <summary>What an orchestrator ends with, so that the platform keeps a failure as it is.</summary>
    public static Platform.TaskFailedException Of(string name, TaskFailure failure) => new(name, 0, Details(failure));

    /// <summary>The failure that the platform has kept; null where it has kept none.</summary>
    public static TaskFailure? Read(TaskFailureDetails? details) =>
        details switch
        {
            null => null,
            { InnerFailure: { } inner } when details.ErrorType == Wrapper => Read(inner),
            _ => new TaskFailure(details.ErrorType, Bounded(details.ErrorMessage), Read(details.InnerFailure)),
        };

    private static TaskFailureDetails Details(TaskFailure failure) =>
        new(failure.Type, failure.Message, null, failure.Inner is { } inner ? Details(inner) : null, null);

    private static string Bounded(string message) =>
        message.Length > TaskFailure.MaximumMessage ? message[..TaskFailure.MaximumMessage] : message;
}
