using DataMesh.Core.Components;
using DataMesh.Core.Errors;

namespace DataMesh.Core.Tests.Components;

public class ComponentCatalogTests
{
    [Fact]
    public void Scan_finds_registered_components_only()
    {
        var catalog = ComponentCatalog.Scan(typeof(ComponentCatalogTests).Assembly);
        Assert.Equal(["dataset", "file"], catalog.Of(ComponentKind.Sink).Select(each => each.Name));
        Assert.Equal("Keeps rows.", catalog.Require(ComponentKind.Stage, "filter").Summary);
        Assert.Single(catalog.Require(ComponentKind.Stage, "filter").Examples);
    }

    [Fact]
    public void Options_keep_their_order() =>
        Assert.Equal(["path", "delimiter", "types"], SampleComponents.Catalog.Require(ComponentKind.Source, "file").Options.All.Select(each => each.Name));

    [Fact]
    public void Only_union_takes_several_inputs() =>
        Assert.Equal(["union"], SampleComponents.Catalog.Of(ComponentKind.Stage).Where(each => each.TakesSeveralInputs).Select(each => each.Name));

    [Fact]
    public void Unknown_word_names_the_nearest()
    {
        var error = Assert.Throws<DataMeshException>(() => SampleComponents.Catalog.Require(ComponentKind.Sink, "datset"));
        Assert.Equal("did you mean 'dataset'?", error.Hint);
    }

    [Fact]
    public void Two_of_one_name_are_refused() =>
        Assert.Throws<InvalidOperationException>(() => new ComponentCatalog([typeof(SampleFilter), typeof(SampleFilter)]));

    [Theory]
    [InlineData("PartitionBy", "partition_by")]
    [InlineData("TimeZone", "time_zone")]
    [InlineData("P95", "p95")]
    [InlineData("JSONPath", "json_path")]
    public void Snake_case(string name, string expected) => Assert.Equal(expected, Naming.SnakeCase(name));
}
