namespace ServerlessHub.Api.Access;

/// <summary>Who asks.</summary>
/// <param name="Name">The name that records and approvals carry.</param>
public sealed record Caller(string Name);
