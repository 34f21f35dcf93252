using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ServerlessHub.Engine.Native;

/// <summary>Finds DuckDB's library: below <c>runtimes/&lt;rid&gt;/native</c> beside this assembly, or directly beside it.</summary>
internal static class NativeLibraryLoader
{
    private static string FileName =>
        OperatingSystem.IsWindows() ? "duckdb.dll"
        : OperatingSystem.IsMacOS() ? "libduckdb.dylib"
        : "libduckdb.so";

    [ModuleInitializer]
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Usage",
        "CA2255",
        Justification = "The resolver has to be there before the first native call, whichever type makes it."
    )]
    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraryLoader).Assembly, Resolve);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (name != NativeApi.Library)
            return 0;

        var places = Places(Path.GetDirectoryName(assembly.Location) is { Length: > 0 } folder ? folder : AppContext.BaseDirectory);
        foreach (var place in places)
        {
            if (File.Exists(place))
                return NativeLibrary.Load(place);
        }
        throw new DllNotFoundException(
            $"DuckDB's library for {RuntimeInformation.RuntimeIdentifier} is missing; looked for {string.Join(" and ", places)}. "
                + "Run 'npm ci' in eng/native and build again, or publish with '--runtime' set to the machine's runtime identifier."
        );
    }

    private static string[] Places(string folder) =>
        [Path.Combine(folder, "runtimes", PortableRid, "native", FileName), Path.Combine(folder, FileName)];

    private static string PortableRid
    {
        get
        {
            var system =
                OperatingSystem.IsWindows() ? "win"
                : OperatingSystem.IsMacOS() ? "osx"
                : RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) ? "linux-musl"
                : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }
}
