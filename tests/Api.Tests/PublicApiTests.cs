using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Api.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_one_that_is_written_down() => PublicApi.AssertIsWritten(typeof(HubApi).Assembly, "Api.Tests");
}
