using DataMesh.DataPlane.Exchanges;

namespace DataMesh.DataPlane.Tests.Exchanges;

public class TurnsTests
{
    private readonly Turns _turns = new();

    [Fact]
    public async Task A_split_with_none_before_it_has_its_turn_at_once()
    {
        _turns.Begin(3, []);
        Assert.True(_turns.HasTurn);
        Assert.True(await _turns.Turn);
    }

    [Fact]
    public async Task A_split_waits_for_those_before_it_that_were_not_finished()
    {
        _turns.End(1);
        _turns.Begin(5, [1, 2, 4]);
        _turns.End(4);
        Assert.False(_turns.Turn.IsCompleted);
        _turns.End(2);
        Assert.True(await _turns.Turn);
        _turns.StayOpen(4);
        Assert.False(_turns.IsLost);
    }

    [Fact]
    public async Task The_turn_is_lost_when_the_epoch_ends_in_the_middle_of_one_before_it_and_comes_in_a_later_epoch()
    {
        _turns.Begin(5, [2]);
        _turns.StayOpen(7);
        Assert.False(_turns.IsLost);
        _turns.StayOpen(2);
        Assert.True(_turns.IsLost);
        Assert.False(await _turns.Turn);
        _turns.BeginEpoch();
        Assert.False(_turns.Turn.IsCompleted);
        _turns.End(2);
        Assert.True(await _turns.Turn);
        _turns.BeginEpoch();
        Assert.True(_turns.HasTurn);
    }

    [Fact]
    public async Task A_split_that_is_handed_out_when_one_before_it_stays_open_has_lost_its_turn()
    {
        _turns.StayOpen(2);
        _turns.Begin(5, [2]);
        Assert.False(await _turns.Turn);
        _turns.BeginEpoch();
        Assert.False(_turns.Turn.IsCompleted);
    }

    [Fact]
    public async Task Nobody_waits_for_a_turn_when_the_attempt_is_given_up()
    {
        _turns.Begin(5, [2]);
        _turns.GiveUp();
        Assert.False(await _turns.Turn);
        _turns.Begin(6, []);
        Assert.False(await _turns.Turn);
    }
}
