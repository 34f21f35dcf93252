using ServerlessHub.Host.Verification;

namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub verify</c> prints.</summary>
/// <param name="Documents">Documents looked at.</param>
/// <param name="Tables">Tables looked at.</param>
/// <param name="Files">Data files of their newest versions.</param>
/// <param name="Runs">Runs of the history looked at.</param>
/// <param name="Offsets">Pipelines whose offsets were looked at.</param>
/// <param name="Streams">Streams whose tables were looked at.</param>
/// <param name="Findings">What is wrong; empty where all is well.</param>
internal sealed record VerificationOutput(
    int Documents,
    int Tables,
    long Files,
    long Runs,
    int Offsets,
    int Streams,
    IReadOnlyList<Finding> Findings
);
