using System.Text.Json;
using ServerlessHub.Api.Access;
using ServerlessHub.Api.Problems;
using ServerlessHub.Orchestrations;
using ServerlessHub.Orchestrations.Runs;
using ServerlessHub.Orchestrations.Starting;
using ServerlessHub.Pipelines.Running;

namespace ServerlessHub.Api.Documents;

/// <summary>What a run is started with.</summary>
/// <param name="Parameters">Values for the parameters that the document declares, by name: texts, numbers, or true and false.</param>
/// <param name="BusinessDate">The day whose data the run is about.</param>
public sealed record RunStartInput(IReadOnlyDictionary<string, JsonElement>? Parameters = null, DateOnly? BusinessDate = null)
{
    /// <summary>All that is asked for, by names that no two things share.</summary>
    internal Dictionary<string, string> Asked()
    {
        var asked = new Dictionary<string, string>(ParameterTexts.Of(Parameters));
        // No parameter has such a name.
        if (BusinessDate is { } date)
            asked["\0businessDate"] = date.ToString("O");
        return asked;
    }
}

/// <summary>Starts runs for callers, each of whose keys stands for one run.</summary>
internal sealed class RunStart(JobHub hub, JobStarter starter, RequestKeys keys)
{
    /// <summary>Starts a run, or finds the one that the caller's key stands for.</summary>
    /// <param name="document">What is to run.</param>
    /// <param name="input">With what.</param>
    /// <param name="key">The caller's key; null for none.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="ct">Ends it; whether the run was started is open then.</param>
    /// <exception cref="ApiException">The key was given before to ask for something else, or is none.</exception>
    /// <exception cref="InvalidDocumentException">The document, or a parameter, is wrong; nothing was started.</exception>
    public async Task<JobRun> Start(HubDocument document, RunStartInput input, string? key, string by, CancellationToken ct)
    {
        var parameters = ParameterTexts.Of(input.Parameters);
        var runId = RunId.New(hub.Time);
        if (key is not null)
        {
            var claim = await keys.Claim($"{document.Kind} {document.Address}", key, input.Asked(), runId, ct);
            // One that has ended long since has no document that the start would find.
            if (!claim.IsNew && hub.History.Find(claim.RunId, ct) is { HasEnded: true } ended)
                return ended;
            runId = claim.RunId;
        }
        await starter.Start(
            new StartRequest
            {
                Kind = document.Kind,
                Document = document.Address,
                RunId = runId,
                Parameters = parameters,
                Trigger = new RunTrigger(TriggerKind.Http, by, IdempotencyKey: key),
                BusinessDate = input.BusinessDate,
            },
            ct
        );
        return hub.History.Find(runId, ct)!;
    }
}
