using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using ServerlessHub.Engine;
using ServerlessHub.Lake;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Running;
using ServerlessHub.Pipelines.Secrets;
using ServerlessHub.Streams.Processing;

namespace ServerlessHub.Api.Problems;

/// <summary>
/// Makes one problem document (RFC 9457) of whatever ends a request: <c>detail</c> says what happened, <c>hint</c> what to do, <c>findings</c> what is
/// wrong with a document, place by place. An error of the hub itself is logged with its trace, and the answer has only the id it is logged under.
/// </summary>
internal sealed class ProblemHandler(IProblemDetailsService problems, ILogger<ProblemHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested)
            return true;
        var problem = Explain(exception, context);
        if (problem.Status == StatusCodes.Status500InternalServerError)
            Logs.RequestFailed(logger, context.Request.Method, context.Request.Path, context.TraceIdentifier, exception);
        context.Response.StatusCode = problem.Status!.Value;
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            context.Response.Headers.RetryAfter = "5";
        await problems.WriteAsync(new ProblemDetailsContext { HttpContext = context, ProblemDetails = problem });
        return true;
    }

    private static ProblemDetails Explain(Exception exception, HttpContext context) =>
        exception switch
        {
            ApiException a => Of(a.Status, a.Message, a.Hint),
            BadHttpRequestException b => Of(b.StatusCode, Sentence(b), null),
            InvalidDocumentException d => Refused(d),
            RunException { IsTransient: true } r => Of(StatusCodes.Status503ServiceUnavailable, r.Message, r.Hint),
            RunException r => Of(StatusCodes.Status422UnprocessableEntity, r.Message, r.Hint),
            StreamException s => Of(StatusCodes.Status422UnprocessableEntity, s.Message, s.Hint),
            SecretException s => Of(StatusCodes.Status422UnprocessableEntity, s.Message, null),
            LakeException l => Of(StatusCodes.Status422UnprocessableEntity, TableName.Explain(l), null),
            EngineException e => Of(StatusCodes.Status422UnprocessableEntity, e.Message, null),
            IOException or UnauthorizedAccessException => Of(
                StatusCodes.Status503ServiceUnavailable,
                exception.Message,
                "try again; if it stays so, look at the hub root's disk or storage account"
            ),
            _ => Of(
                StatusCodes.Status500InternalServerError,
                $"the hub made an error; it is logged under {context.TraceIdentifier}",
                "report it with that id"
            ),
        };

    private static ProblemDetails Refused(InvalidDocumentException exception)
    {
        var problem = Of(StatusCodes.Status422UnprocessableEntity, exception.Message, "mend what the findings name; nothing was begun");
        problem.Extensions["findings"] = exception.Findings.Select(FindingOutput.Of).ToArray();
        return problem;
    }

    private static ProblemDetails Of(int status, string detail, string? hint)
    {
        var problem = new ProblemDetails { Status = status, Detail = detail };
        if (hint is not null)
            problem.Extensions["hint"] = hint;
        return problem;
    }

    // The framework's own message names what could not be read, and its cause says why.
    private static string Sentence(BadHttpRequestException e) => e.InnerException is { } cause ? $"{e.Message} {cause.Message}" : e.Message;
}
