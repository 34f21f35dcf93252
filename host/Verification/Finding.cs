namespace ServerlessHub.Host.Verification;

/// <summary>Something in a hub root that is not as it must be.</summary>
/// <param name="Check">What was looked at: <c>documents</c>, <c>tables</c>, <c>runs</c>, <c>offsets</c> or <c>streams</c>.</param>
/// <param name="Place">Where it is: a table, a file of the hub root, or a place in one.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Action">What to do.</param>
internal sealed record Finding(string Check, string Place, string Problem, string Action);
