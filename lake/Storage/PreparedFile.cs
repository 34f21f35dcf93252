namespace ServerlessHub.Lake.Storage;

/// <summary>A file whose content is in a remote storage and which nobody sees yet.</summary>
/// <param name="Path">Where it will be, relative to the storage's root.</param>
/// <param name="Id">What its parts are known by there.</param>
/// <param name="Parts">How many they are.</param>
public sealed record PreparedFile(string Path, Guid Id, int Parts);
