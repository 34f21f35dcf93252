using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using ServerlessHub.Orchestrations.Publishing;

namespace ServerlessHub.Functions;

/// <summary>Publishes documents that are uploaded, or refuses them.</summary>
internal sealed class UploadFunction(DocumentPublisher publisher, ILogger<UploadFunction> logger)
{
    private const string Applications = "config/applications";

    /// <summary>Looks at one that has come. The setting <c>HUB_UPLOADS</c> says where: the container and the path of <c>config/applications</c> in it.</summary>
    [Function("upload")]
    public async Task Run(
        [BlobTrigger("%HUB_UPLOADS%/{name}", Connection = "HubStorage", Source = BlobTriggerSource.EventGrid)] BlobClient file,
        string name,
        CancellationToken stops
    )
    {
        if (await publisher.Publish($"{Applications}/{name}", stops) is not { } publication)
            return;
        if (publication.IsAccepted)
            Logs.Published(logger, publication.Document.File, publication.Revision!);
        else
            Logs.Refused(logger, publication.Document.File, publication.Findings[0].Message);
    }
}
