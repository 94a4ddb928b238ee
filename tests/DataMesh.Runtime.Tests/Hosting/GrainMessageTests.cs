using System.Text.Json.Serialization;
using DataMesh.ControlPlane.Grains;
using DataMesh.ControlPlane.Tasks;
using DataMesh.Runtime.Hosting.Peers;

namespace DataMesh.Runtime.Tests.Hosting;

public class GrainMessageTests
{
    /// <summary>A new event is to be registered at <see cref="GrainEvent"/>: without that it can not be told to a grain on another silo.</summary>
    [Fact]
    public void Every_event_of_a_grain_is_registered_for_the_wire()
    {
        var events = typeof(GrainEvent).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(GrainEvent)) && !type.IsAbstract);
        var registered = typeof(GrainEvent).GetCustomAttributes(typeof(JsonDerivedTypeAttribute), false).Cast<JsonDerivedTypeAttribute>().ToList();
        Assert.Equal(events.OrderBy(type => type.Name), registered.Select(each => each.DerivedType).OrderBy(type => type.Name));
        Assert.All(registered, each => Assert.Equal(each.DerivedType.Name, each.TypeDiscriminator));
    }

    [Fact]
    public void A_message_is_read_as_it_was_written()
    {
        var message = new GrainMessage(
            new GrainId(GrainKind.Stage, "ü/task/0"), new GrainId(GrainKind.Pipeline, "ü"),
            new TaskFailed(new GrainId(GrainKind.Stage, "ü/task/0"), new WorkFailed("read", "no \"file\"", MayPass: true) { IsLost = true }, 7));
        Assert.Equal(message, GrainMessage.Parse(message.ToBytes()));
    }
}
