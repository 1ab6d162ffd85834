"""Virtual time: what is due runs in order, threads wait and wake as Ruby's own would."""

from __future__ import annotations

from tests.livecode.sonicpi.ruby import evaluate


def test_what_is_due_runs_in_the_order_of_time_and_then_of_scheduling() -> None:
    result = evaluate(
        code="""
        result = []
        at = ->(time, name) { Trichord::Clock.at(time) { result << [Trichord::Clock.now, name] } }
        at.(20, 'c'); at.(10, 'a'); at.(20, 'd'); at.(10, 'b')
        Trichord::Clock.at(20) { at.(5, 'past'); at.(20, 'now'); at.(25, 'later') }
        result << Trichord::Clock.run
        """
    )
    assert result == [
        [10, "a"],
        [10, "b"],
        [20, "c"],
        [20, "d"],
        [20, "past"],
        [20, "now"],
        [25, "later"],
        "idle",
    ]


def test_the_clock_stops_at_a_limit_and_goes_on_from_there() -> None:
    result = evaluate(
        code="""
        result = []
        [10, 20, 30].each { |t| Trichord::Clock.at(t) { result << t } }
        Trichord::Clock.at(20) { Trichord::Clock.stop }
        result << Trichord::Clock.run(15) << Trichord::Clock.now
        result << Trichord::Clock.run << Trichord::Clock.now << Trichord::Clock.run(40)
        """
    )
    assert result == [10, "limit", 15, 20, "stopped", 20, 30, "idle"]


def test_a_lone_thread_passes_time_without_a_switch_up_to_the_limit() -> None:
    result = evaluate(
        "time",
        code="""
        result = []
        SonicPi::Thread.new do
          loop { result << Trichord::Clock.now / 10**9; SonicPi::Kernel.sleep(1) }
        end
        Trichord::Clock.at(2_500_000_000) { result << 'between' }
        result << Trichord::Clock.run(4_000_000_000) << Trichord::Clock.now / 10**9
        """,
    )
    assert result == [0, 1, 2, "between", 3, 4, "limit", 4]


def test_threads_sleep_in_virtual_time_and_take_turns() -> None:
    result = evaluate(
        "time",
        code="""
        result = []
        %w[a b].each_with_index do |name, i|
          SonicPi::Thread.new do
            3.times do
              result << [name, SonicPi::Time.now.to_f - Trichord::Clock::EPOCH]
              SonicPi::Kernel.sleep(0.5 + i)
            end
          end
        end
        Trichord::Clock.run
        """,
    )
    assert result == [
        ["a", 0.0],
        ["b", 0.0],
        ["a", 0.5],
        ["a", 1.0],
        ["b", 1.5],
        ["b", 3.0],
    ]


def test_a_killed_thread_unwinds_and_one_killed_before_it_starts_never_runs() -> None:
    result = evaluate(
        "time",
        code="""
        result = []
        sleeper = SonicPi::Thread.new do
          begin
            SonicPi::Kernel.sleep(100)
            result << 'slept'
          ensure
            result << 'tidied'
          end
        end
        SonicPi::Thread.new do
          SonicPi::Kernel.sleep(1)
          sleeper.kill.join
          unborn = SonicPi::Thread.new { result << 'born' }
          unborn.kill
          unborn.join
          result << [sleeper.alive?, unborn.alive?, Trichord::Clock.now]
        end
        Trichord::Clock.run
        """,
    )
    assert result == ["tidied", [False, False, 1_000_000_000]]


def test_join_gives_the_value_waits_no_longer_than_told_and_hands_on_the_failure() -> None:
    result = evaluate(
        "time",
        code="""
        result = []
        SonicPi::Thread.new do
          result << SonicPi::Thread.new { SonicPi::Kernel.sleep(2); :done }.value
          result << SonicPi::Thread.new { SonicPi::Kernel.sleep(9) }.join(1).inspect
          begin
            SonicPi::Thread.new { raise 'broken' }.join
          rescue => e
            result << e.message << Trichord::Clock.now
          end
        end
        Trichord::Clock.run
        """,
    )
    assert result == ["done", "nil", "broken", 3_000_000_000]


def test_a_mutex_is_taken_in_the_order_of_waiting() -> None:
    result = evaluate(
        "time",
        "locks",
        code="""
        result = []
        mutex = SonicPi::Mutex.new
        3.times do |i|
          SonicPi::Thread.new do
            mutex.synchronize do
              SonicPi::Kernel.sleep(1)
              result << [i, Trichord::Clock.now / 10**9]
            end
          end
        end
        SonicPi::Thread.new do
          result << [mutex.try_lock, mutex.locked?, mutex.owned?]
          mutex.synchronize { begin; mutex.lock; rescue ThreadError => e; result << e.message; end }
        end
        Trichord::Clock.run
        """,
    )
    assert result == [
        [False, True, False],
        [0, 1],
        [1, 2],
        [2, 3],
        "deadlock; recursive locking",
    ]


def test_conditions_wake_one_or_all_or_none_in_time() -> None:
    result = evaluate(
        "time",
        "locks",
        code="""
        result = []
        mutex, condition = SonicPi::Mutex.new, SonicPi::ConditionVariable.new
        wait = lambda do |name, seconds|
          SonicPi::Thread.new do
            mutex.synchronize { condition.wait(mutex, seconds) }
            result << [name, Trichord::Clock.now / 10**9]
          end
        end
        wait.('a', nil); wait.('b', nil); wait.('c', nil); wait.('late', 9)
        SonicPi::Thread.new do
          SonicPi::Kernel.sleep(1)
          condition.signal
          SonicPi::Kernel.sleep(1)
          2.times { condition.signal }
        end
        Trichord::Clock.run
        """,
    )
    assert result == [["a", 1], ["b", 2], ["c", 2], ["late", 9]]


def test_a_thread_killed_while_it_waits_takes_no_lock_from_another() -> None:
    result = evaluate(
        "time",
        "locks",
        code="""
        result = []
        mutex, condition = SonicPi::Mutex.new, SonicPi::ConditionVariable.new
        waiting = SonicPi::Thread.new { mutex.synchronize { condition.wait(mutex) } }
        SonicPi::Thread.new do
          SonicPi::Kernel.sleep(1)
          mutex.synchronize do
            waiting.kill.join
            result << mutex.owned?
          end
        end
        Trichord::Clock.run
        """,
    )
    assert result == [True]


def test_queues_hand_over_in_order_and_a_monitor_is_taken_twice() -> None:
    result = evaluate(
        "time",
        "locks",
        code="""
        result = []
        queue = SonicPi::SizedQueue.new(1)
        SonicPi::Thread.new { 3.times { result << queue.pop } }
        SonicPi::Thread.new do
          queue << 1 << 2
          SonicPi::Kernel.sleep(1)
          queue.push(3)
          begin
            SonicPi::Queue.new.pop(true)
          rescue ThreadError => e
            result << e.message
          end
          monitor = SonicPi::Monitor.new
          monitor.synchronize { monitor.synchronize { result << 'twice' } }
        end
        Trichord::Clock.run
        """,
    )
    assert result == [1, 2, "queue empty", "twice", 3]
