namespace Crm.IntegrationTests.Support;

/// <summary>A clock that goes like any other and can be put forward; timers that are due by then fire at once.</summary>
public sealed class MovableClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<WeakReference<Timer>> _timers = [];
    private TimeSpan _ahead;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return System.GetUtcNow() + _ahead;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state, period);
        timer.Change(dueTime, period);
        lock (_lock)
        {
            _timers.RemoveAll(t => !t.TryGetTarget(out _));
            _timers.Add(new(timer));
        }
        return timer;
    }

    public void Forward(TimeSpan time)
    {
        List<Timer> timers = [];
        lock (_lock)
        {
            _ahead += time;
            foreach (var reference in _timers)
                if (reference.TryGetTarget(out var timer))
                    timers.Add(timer);
        }
        foreach (var timer in timers)
            timer.FireIfDue();
    }

    private sealed class Timer : ITimer
    {
        private readonly MovableClock _clock;
        private readonly ITimer _inner;
        private TimeSpan _period;
        private DateTimeOffset? _due;

        public Timer(MovableClock clock, TimerCallback callback, object? state, TimeSpan period)
        {
            (_clock, _period) = (clock, period);
            _inner = System.CreateTimer(s =>
            {
                _due = _period == Timeout.InfiniteTimeSpan ? null : _clock.GetUtcNow() + _period;
                callback(s);
            }, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            (_due, _period) = (dueTime == Timeout.InfiniteTimeSpan ? null : _clock.GetUtcNow() + dueTime, period);
            return _inner.Change(dueTime, period);
        }

        public void FireIfDue()
        {
            if (_due <= _clock.GetUtcNow())
                _inner.Change(TimeSpan.Zero, _period);
        }

        public void Dispose() => _inner.Dispose();

        public ValueTask DisposeAsync() => _inner.DisposeAsync();
    }
}
