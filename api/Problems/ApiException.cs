namespace ServerlessHub.Api.Problems;

/// <summary>A request that cannot be answered as it was asked, for a reason that whoever asked can mend; it becomes problem details (RFC 9457).</summary>
/// <param name="status">The status code, 400 to 499.</param>
/// <param name="message">What is wrong.</param>
/// <param name="hint">What to do about it; null when the message says it.</param>
public sealed class ApiException(int status, string message, string? hint = null) : Exception(message)
{
    /// <summary>The status code.</summary>
    public int Status { get; } = status;

    /// <summary>What to do about it.</summary>
    public string? Hint { get; } = hint;

    /// <summary>What was asked for is not there.</summary>
    public static ApiException NotFound(string message, string? hint = null) => new(404, message, hint);

    /// <summary>What was asked is not of the form that it must have.</summary>
    public static ApiException BadRequest(string message, string? hint = null) => new(400, message, hint);

    /// <summary>It cannot be done as things stand.</summary>
    public static ApiException Conflict(string message, string? hint = null) => new(409, message, hint);
}
