using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Connectors;

namespace ServerlessHub.Orchestrations.Activities;

/// <summary>Starts a run that an event wants; false where its document was broken or taken away since.</summary>
internal sealed class StartActivity(JobHub hub)
{
    public async Task<bool> Run(StartRequest request, CancellationToken ct)
    {
        try
        {
            return (await new JobStarter(hub).StartOrRefuse(request, ct)).Result != StartResult.Refused;
        }
        catch (RunException e) when (!e.IsTransient)
        {
            Logs.Refused(hub.Logger, request.Document.ToString(), e.Message);
            return false;
        }
    }
}
