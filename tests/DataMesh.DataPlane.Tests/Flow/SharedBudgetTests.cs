using DataMesh.DataPlane.Flow;

namespace DataMesh.DataPlane.Tests.Flow;

/// <summary>Several tasks share the budget of their silo.</summary>
public class SharedBudgetTests
{
    [Fact]
    public async Task Who_has_bytes_in_flight_waits_while_others_have_spent_the_whole()
    {
        var whole = new ByteBudget(100);
        var (greedy, other) = (new ByteBudget(1000, whole), new ByteBudget(1000, whole));
        other.Spend(1);
        greedy.Spend(120);
        var waiting = other.WaitAsync(default).AsTask();
        Assert.False(waiting.IsCompleted);
        greedy.Return(30);
        await waiting;
        Assert.Equal(91, whole.Spent);
    }

    [Fact]
    public async Task Who_has_nothing_in_flight_may_always_read_a_block()
    {
        var whole = new ByteBudget(100);
        var (greedy, other) = (new ByteBudget(1000, whole), new ByteBudget(1000, whole));
        greedy.Spend(500);
        Assert.True(other.WaitAsync(default).IsCompletedSuccessfully);
        other.Spend(10);
        var waiting = other.WaitAsync(default).AsTask();
        Assert.False(waiting.IsCompleted);
        other.Return(10);
        await waiting;
    }

    [Fact]
    public async Task A_task_waits_for_its_own_limit_also_when_the_whole_has_room()
    {
        var mine = new ByteBudget(10, new ByteBudget(1000));
        mine.Spend(12);
        var waiting = mine.WaitAsync(default).AsTask();
        Assert.False(waiting.IsCompleted);
        mine.Return(5);
        await waiting;
    }

    [Fact]
    public async Task A_wait_ends_when_it_is_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        var whole = new ByteBudget(1);
        whole.Spend(5);
        var mine = new ByteBudget(100, whole);
        mine.Spend(1);
        var waiting = mine.WaitAsync(cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }
}
