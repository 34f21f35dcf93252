using ServerlessHub.Lake.Storage;
using ServerlessHub.Tests.Shared;

namespace ServerlessHub.Lake.Tests;

public sealed class AzureBlobStorageTests : LakeStorageCompliance, IDisposable
{
    private readonly TestContainer _container = new();

    protected override ILakeStorage Storage => field ??= _container.Open("some/root");

    public void Dispose() => _container.Dispose();
}
