namespace ServerlessHub.Api.Health;

/// <summary>Why the durable runtime accepts nothing now, such as a full disk; null when all is well. The host says it, since each has a runtime of its own.</summary>
public delegate Exception? RuntimeFailure();
