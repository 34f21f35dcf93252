using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Pipelines.Running;

/// <summary>Another run of the pipeline goes on in the hub root. It may be waited for: nothing was begun.</summary>
public sealed class RunInProgressException(string message, string hint) : RunException(message, hint, isTransient: true);
