namespace ServerlessHub.Host.Output;

/// <summary>What <c>hub azure status</c> prints.</summary>
/// <param name="Environment">The environment.</param>
/// <param name="Subscription">The subscription that it is in.</param>
/// <param name="ResourceGroup">Its resource group.</param>
/// <param name="Deployment">How its last deployment ended.</param>
/// <param name="Deployed">When.</param>
/// <param name="FunctionApp">The app that runs it.</param>
/// <param name="AppState">What Azure says of the app.</param>
/// <param name="Address">Where its API answers.</param>
/// <param name="Health">What the app says of itself: <c>healthy</c>, or why it is not.</param>
/// <param name="HubRoot">The hub root.</param>
internal sealed record AzureStatusOutput(
    string Environment,
    string Subscription,
    string ResourceGroup,
    string Deployment,
    string Deployed,
    string FunctionApp,
    string AppState,
    string Address,
    string Health,
    string HubRoot
);
