using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace ServerlessHub.Tests.Shared;

/// <summary>What a library shows to others, as text, so that a change of it is seen in review.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
        [typeof(char)] = "char",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
        [typeof(nint)] = "nint",
    };

    /// <summary>Compares a library's surface with <c>PublicApi.txt</c> of its tests; writes the file instead where <c>HUB_UPDATE_REFERENCE</c> is 1.</summary>
    public static void AssertIsWritten(Assembly library, string tests)
    {
        var file = Path.Combine(Repository.Root, "tests", tests, "PublicApi.txt");
        var now = Of(library);
        if (Environment.GetEnvironmentVariable("HUB_UPDATE_REFERENCE") == "1")
            File.WriteAllText(file, now);
        var written = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        var (before, after) = (written.Split('\n'), now.Split('\n'));
        Assert.True(
            written == now,
            $"The public surface of {library.GetName().Name} has changed. If that is meant, write it down: HUB_UPDATE_REFERENCE=1 dotnet test tests/{tests} --filter PublicApi\n"
                + string.Join('\n', before.Except(after).Select(l => $"- {l}").Concat(after.Except(before).Select(l => $"+ {l}")))
        );
    }

    /// <summary>The public types of a library with their public and protected members, sorted.</summary>
    public static string Of(Assembly library)
    {
        var text = new StringBuilder();
        foreach (var type in library.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(type.Namespace).Append('.').Append(Header(type)).Append('\n');
            foreach (var member in Members(type).Order(StringComparer.Ordinal))
                text.Append("    ").Append(member).Append('\n');
        }
        return text.ToString();
    }

    private static string Header(Type type)
    {
        var kind =
            type.IsEnum ? "enum"
            : IsDelegate(type) ? "delegate"
            : type.IsInterface ? "interface"
            : type.IsValueType ? (type.IsByRefLike ? "ref struct" : "struct")
            : type is { IsAbstract: true, IsSealed: true } ? "static class"
            : type.IsAbstract ? "abstract class"
            : type.IsSealed ? "sealed class"
            : "class";
        var bases =
            type.IsEnum || type.IsValueType || IsDelegate(type)
                ? []
                : new[] { type.BaseType }.Where(b => b is not null && b != typeof(object));
        var direct = type.GetInterfaces()
            .Where(i => type.BaseType?.GetInterfaces().Contains(i) != true && !i.Name.StartsWith("IEquatable", StringComparison.Ordinal));
        var parents =
            type.IsEnum || IsDelegate(type) ? [] : bases.Concat(direct).Select(b => Name(b!)).Order(StringComparer.Ordinal).ToArray();
        return $"{Name(type)} ({kind}){(parents.Length == 0 ? "" : " : " + string.Join(", ", parents))}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
            return Enum.GetNames(type).Select(n => $"{n} = {Convert.ToInt64(Enum.Parse(type, n))}");
        if (IsDelegate(type))
            return [Signature(type.GetMethod("Invoke")!)];
        return type.GetMembers(Declared).Where(m => !m.IsDefined(typeof(CompilerGeneratedAttribute))).Select(Describe).OfType<string>();
    }

    private static string? Describe(MemberInfo member) =>
        member switch
        {
            FieldInfo f when IsShown(f.IsPublic, f.IsFamily, f.IsFamilyOrAssembly) =>
                $"{(f.IsLiteral ? "const " : f.IsStatic ? "static " : "")}{Name(f.FieldType, Nullability.Create(f))} {f.Name}",
            PropertyInfo p when p.GetAccessors(nonPublic: true).Any(IsShown) => Property(p),
            ConstructorInfo c when IsShown(c) => $"new({Parameters(c)})",
            MethodInfo m when IsShown(m) && (!m.IsSpecialName || m.Name.StartsWith("op_", StringComparison.Ordinal)) => Signature(m),
            EventInfo e when e.AddMethod is { } add && IsShown(add) => $"event {Name(e.EventHandlerType!)} {e.Name}",
            _ => null,
        };

    private static string Property(PropertyInfo property)
    {
        var get = property.GetMethod is { } g && IsShown(g) ? " get;" : "";
        var isInit = property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        var set = property.SetMethod is { } s && IsShown(s) ? (isInit ? " init;" : " set;") : "";
        var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        var index = property.GetIndexParameters() is { Length: > 0 } p ? $"[{string.Join(", ", p.Select(Parameter))}]" : "";
        return $"{Modifiers(property.GetAccessors(nonPublic: true)[0])}{required}{Name(property.PropertyType, Nullability.Create(property))} {property.Name}{index} {{{get}{set} }}";
    }

    private static string Signature(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";
        return $"{Modifiers(method)}{Name(method.ReturnType, Nullability.Create(method.ReturnParameter))} {method.Name}{generic}({Parameters(method)})";
    }

    private static string Modifiers(MethodBase method) =>
        (method.IsPublic ? "" : "protected ")
        + (
            method.IsStatic ? "static "
            : method.DeclaringType!.IsInterface || IsDelegate(method.DeclaringType) ? ""
            : method.IsAbstract ? "abstract "
            : method is MethodInfo m && m.GetBaseDefinition() != m ? "override "
            : method is { IsVirtual: true, IsFinal: false } ? "virtual "
            : ""
        );

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var by =
            parameter.IsOut ? "out "
            : parameter.ParameterType.IsByRef ? (parameter.IsIn ? "in " : "ref ")
            : "";
        var given = !parameter.HasDefaultValue
            ? ""
            : $" = {parameter.RawDefaultValue switch { null => "default", string s => $"\"{s}\"", bool b => b ? "true" : "false", var v => v }}";
        var isMany = parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        return $"{isMany}{by}{Name(parameter.ParameterType, Nullability.Create(parameter))} {parameter.Name}{given}";
    }

    private static string Name(Type type, NullabilityInfo? nullability = null)
    {
        if (type.IsByRef)
            return Name(type.GetElementType()!, nullability?.ElementType);
        if (System.Nullable.GetUnderlyingType(type) is { } underlying)
            return Name(underlying) + "?";
        var mark = !type.IsValueType && !type.IsGenericParameter && nullability?.ReadState == NullabilityState.Nullable ? "?" : "";
        if (type.IsArray)
            return $"{Name(type.GetElementType()!, nullability?.ElementType)}[{new string(',', type.GetArrayRank() - 1)}]{mark}";
        if (Keywords.TryGetValue(type, out var keyword))
            return keyword + mark;
        var name = type.IsNested && !type.IsGenericParameter ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Name;
        var tick = name.LastIndexOf('`');
        if (tick < 0 || !type.IsGenericType)
            return name + mark;
        var arguments = type.GetGenericArguments();
        var inner = nullability?.GenericTypeArguments is { } known && known.Length == arguments.Length ? known : null;
        return $"{name[..tick]}<{string.Join(", ", arguments.Select((a, i) => Name(a, inner?[i])))}>{mark}";
    }

    private static NullabilityInfoContext Nullability { get; } = new();

    private static bool IsDelegate(Type type) => type.IsSubclassOf(typeof(Delegate));

    private static bool IsShown(MethodBase method) => IsShown(method.IsPublic, method.IsFamily, method.IsFamilyOrAssembly);

    private static bool IsShown(bool isPublic, bool isFamily, bool isFamilyOrAssembly) => isPublic || isFamily || isFamilyOrAssembly;
}
