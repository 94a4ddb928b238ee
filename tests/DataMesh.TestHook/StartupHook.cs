using System.Collections;
using System.Reflection;
using DataMesh.Core.Components;
using DataMesh.TestHook;

/// <summary>
/// Gives the real program stages that no program should have, for tests: <c>DOTNET_STARTUP_HOOKS</c> names this assembly, and the runtime calls it before
/// the program begins.
/// </summary>
internal static class StartupHook
{
    private const BindingFlags Hidden = BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;

    public static void Initialize()
    {
        var composition = Assembly.Load("datamesh").GetType("DataMesh.Cli.Composition", throwOnError: true)!;
        var catalog = composition.GetProperty("Catalog", Hidden)!.GetValue(null)!;
        var components = (IDictionary)typeof(ComponentCatalog).GetField("_components", Hidden)!.GetValue(catalog)!;
        foreach (var type in new[] { typeof(DieStage), typeof(GateStage) })
        {
            var attribute = type.GetCustomAttribute<ComponentAttribute>()!;
            components.Add((attribute.Kind, attribute.Name), Activator.CreateInstance(typeof(ComponentDescriptor), Hidden, null, [type, attribute], null));
        }
    }
}
