using ServerlessHub.Streams.Definitions;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Streams.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_one_that_is_written_down() =>
        PublicApi.AssertIsWritten(typeof(StreamDocument).Assembly, "Streams.Tests");
}
