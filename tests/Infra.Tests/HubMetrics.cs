using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace ServerlessHub.Infra.Tests;

/// <summary>The instruments that the hub's assemblies have, as the code makes them.</summary>
internal static class HubMetrics
{
    private const BindingFlags Statics = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>All of them, in the order of their names.</summary>
    public static IReadOnlyList<Instrument> All { get; } = Find();

    private static List<Instrument> Find()
    {
        var found = new List<Instrument>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name.StartsWith("ServerlessHub.", StringComparison.Ordinal))
                    found.Add(instrument);
            },
        };
        listener.Start();
        var types = Directory
            .GetFiles(AppContext.BaseDirectory, "*.dll")
            .Where(file =>
                Path.GetFileName(file) is "hub.dll" || Path.GetFileName(file).StartsWith("ServerlessHub.", StringComparison.Ordinal)
            )
            .SelectMany(file => Assembly.LoadFrom(file).GetTypes())
            .Where(type => !type.ContainsGenericParameters && type.GetFields(Statics).Any(f => f.FieldType == typeof(Meter)));
        foreach (var type in types)
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        return [.. found.OrderBy(i => i.Name, StringComparer.Ordinal)];
    }
}
