using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using ServerlessHub.Pipelines.Connectors;
using ServerlessHub.Pipelines.Definitions;

namespace ServerlessHub.Pipelines.Running;

/// <summary>A document as it was when it was read.</summary>
/// <param name="Address">Whose it is, and its id.</param>
/// <param name="Name">Its path as the user knows it, which findings point at.</param>
/// <param name="Text">Its text.</param>
/// <param name="Revision">The SHA-256 of its bytes in hexadecimal: what a run says it ran.</param>
public sealed record DocumentFile(DocumentAddress Address, string Name, string Text, string Revision)
{
    /// <summary>Its bytes.</summary>
    public ReadOnlyMemory<byte> Content { get; init; } = Encoding.UTF8.GetBytes(Text);

    /// <summary>Reads a document; reports and returns null when it is too large or its bytes are no text.</summary>
    /// <exception cref="RunException">The file cannot be read.</exception>
    public static DocumentFile? Read(HubRoot root, HubDocument document, Diagnostics findings)
    {
        try
        {
            // One byte more than may be is enough to find a document too large.
            var content = ReadUpTo(DocumentLimits.Default.Length + 1, root.Locate(document.File));
            return Of(document.Address, document.File, content, findings);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"{document.File} cannot be read: {e.Message}", inner: e);
        }
    }

    /// <summary>Reads a document.</summary>
    /// <exception cref="InvalidDocumentException">It is too large, or its bytes are no text.</exception>
    /// <exception cref="RunException">The file cannot be read.</exception>
    public static DocumentFile ReadOrThrow(HubRoot root, HubDocument document)
    {
        var findings = new Diagnostics();
        return Read(root, document, findings) ?? throw new InvalidDocumentException(findings);
    }

    /// <summary>The document that bytes are; reports and returns null when they are too many, or no text.</summary>
    /// <param name="address">Whose it is, and its id.</param>
    /// <param name="name">Its path as the user knows it.</param>
    /// <param name="content">The bytes.</param>
    /// <param name="findings">Where findings go.</param>
    public static DocumentFile? Of(DocumentAddress address, string name, byte[] content, Diagnostics findings) =>
        DocumentText.Read(content, name, findings) is { } text
            ? new DocumentFile(address, name, text, Convert.ToHexStringLower(SHA256.HashData(content))) { Content = content }
            : null;

    private static byte[] ReadUpTo(int length, string path)
    {
        using var file = File.OpenRead(path);
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            return bytes[..file.ReadAtLeast(bytes.AsSpan(0, length), length, throwOnEndOfStream: false)];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
