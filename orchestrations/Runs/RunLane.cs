namespace ServerlessHub.Orchestrations.Runs;

/// <summary>Which work a run competes with.</summary>
public enum RunLane
{
    /// <summary>What is wanted now.</summary>
    Fresh,

    /// <summary>What a backfill does again for days that are past; it never keeps a fresh run waiting.</summary>
    Backfill,
}
