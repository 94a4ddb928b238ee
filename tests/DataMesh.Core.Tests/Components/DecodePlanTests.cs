using DataMesh.Core.Columns;
using DataMesh.Core.Components;

namespace DataMesh.Core.Tests.Components;

public class DecodePlanTests
{
    [Fact]
    public void Output_follows_the_columns_of_a_copy()
    {
        var plan = new DecodePlan(new Schema([new Field("a", DataType.Int64), new Field("b", DataType.String)]), Widening: true);
        Assert.Equal(["a", "b"], plan.Output.Names);
        Assert.Equal(["b"], (plan with { Columns = [1] }).Output.Names);
        Assert.Equal(["a", "b"], (plan with { Columns = [1] } with { Columns = null }).Output.Names);
    }
}
