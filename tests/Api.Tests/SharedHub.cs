namespace ServerlessHub.Api.Tests;

/// <summary>One hub for all tests of a class that do not mind each other.</summary>
public sealed class SharedHub : IAsyncLifetime
{
    public ApiHub Hub { get; private set; } = null!;

    public async Task InitializeAsync() => Hub = await ApiHub.Start();

    public async Task DisposeAsync() => await Hub.DisposeAsync();
}
