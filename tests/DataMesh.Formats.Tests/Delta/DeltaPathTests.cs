using DataMesh.Formats.Delta;

namespace DataMesh.Formats.Tests.Delta;

public sealed class DeltaPathTests
{
    [Theory]
    [InlineData("a.parquet", "a.parquet")]
    [InlineData("state=a b/x.parquet", "state=a%20b/x.parquet")]
    [InlineData("d=a%3Ab/x.parquet", "d=a%253Ab/x.parquet")]
    [InlineData("s=é#?/x", "s=%C3%A9%23%3F/x")]
    public void Paths_survive_the_log(string path, string logged)
    {
        Assert.Equal(logged, DeltaPath.Encode(path));
        Assert.Equal(path, DeltaPath.Decode(logged));
    }

    [Theory]
    [InlineData("file:///data/t/a%20b", "/data/t/a b")]
    [InlineData("file:/data/t/a", "/data/t/a")]
    public void Absolute_paths_lose_their_scheme(string logged, string path) => Assert.Equal(path, DeltaPath.Resolve("/elsewhere", logged));

    [Theory]
    [InlineData("a/b", "c=a%2Fb/")]
    [InlineData("", "c=__HIVE_DEFAULT_PARTITION__/")]
    [InlineData(null, "c=__HIVE_DEFAULT_PARTITION__/")]
    [InlineData("2024-01-31T12:00:00Z", "c=2024-01-31T12%3A00%3A00Z/")]
    [InlineData("..", "c=../")]
    [InlineData("ü", "c=ü/")]
    public void Folders_are_named_as_hive_names_them(string? value, string folder) => Assert.Equal(folder, DeltaPath.PartitionFolder([KeyValuePair.Create("c", value)]));

    [Fact]
    public void Very_long_values_get_folders_that_differ_and_fit()
    {
        var one = DeltaPath.PartitionFolder([KeyValuePair.Create("c", (string?)new string('ü', 300))]);
        var two = DeltaPath.PartitionFolder([KeyValuePair.Create("c", (string?)(new string('ü', 300) + "x"))]);
        Assert.NotEqual(one, two);
        Assert.True(System.Text.Encoding.UTF8.GetByteCount(one) <= 255);
    }

    [Fact]
    public void A_column_whose_name_would_hide_the_folder_gets_none() => Assert.Equal("b=1/", DeltaPath.PartitionFolder([KeyValuePair.Create("_a", (string?)"1"), KeyValuePair.Create("b", (string?)"1")]));
}
