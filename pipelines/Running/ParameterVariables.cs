using ServerlessHub.Engine;
using ServerlessHub.Pipelines.Definitions;
using ServerlessHub.Pipelines.Planning;

namespace ServerlessHub.Pipelines.Running;

/// <summary>Gives the engine a run's parameters: <c>:name</c> in a document's SQL reads a variable, so that a value is never pasted into text.</summary>
internal static class ParameterVariables
{
    /// <summary>Sets a variable for each parameter.</summary>
    public static void Set(Connection connection, ParameterValues values)
    {
        foreach (var (name, type) in values.Types)
            connection.SetVariable(ParameterText.Variable(name), values[name], type);
    }
}
