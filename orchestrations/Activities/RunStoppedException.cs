namespace ServerlessHub.Orchestrations.Activities;

/// <summary>Somebody wanted a node stopped before it had begun to do anything.</summary>
internal sealed class RunStoppedException() : Exception("it was stopped before it began");
