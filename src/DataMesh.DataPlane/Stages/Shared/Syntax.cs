using DataMesh.Core.Components;
using DataMesh.Core.Errors;
using DataMesh.Core.Expressions;

namespace DataMesh.DataPlane.Stages.Shared;

/// <summary>Checks expressions whose input is not known.</summary>
internal static class Syntax
{
    /// <summary>Throws every mistake in the syntax of the expressions; those that were not given are passed over.</summary>
    public static void Check(params IEnumerable<ExpressionText?> expressions) =>
        DataMeshException.CheckEach(expressions.OfType<ExpressionText>(), text => ExpressionParser.Parse(text));
}
