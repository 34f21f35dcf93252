using ServerlessHub.Orchestrations.Durable;

namespace ServerlessHub.Orchestrations.Tests;

public sealed class TaskFailureTests
{
    [Fact]
    public void A_failure_keeps_type_message_and_cause()
    {
        var failure = TaskFailure.Of(new InvalidOperationException("outer", new IOException("inner")));
        Assert.Equal(("System.InvalidOperationException", "outer"), (failure.Type, failure.Message));
        Assert.Equal(new TaskFailure("System.IO.IOException", "inner"), failure.Inner);
    }

    [Fact]
    public void What_is_kept_of_a_failure_is_bounded()
    {
        Exception chain = new IOException(new string('x', 100_000));
        for (var i = 0; i < 100; i++)
            chain = new IOException(new string('y', 100_000), chain);
        var depth = 0;
        for (var failure = TaskFailure.Of(chain); failure is not null; failure = failure.Inner, depth++)
            Assert.Equal(TaskFailure.MaximumMessage, failure.Message.Length);
        Assert.Equal(TaskFailure.MaximumDepth, depth);
    }

    [Fact]
    public void A_failure_of_a_called_task_passes_on_as_it_is()
    {
        var failure = new TaskFailure("Some.Type", "why");
        Assert.Same(failure, TaskFailure.Of(new TaskFailedException("load", failure)));
    }
}
