import Glibc

// Why unsafe code: the committer needs a thread of its own, because it sits in fdatasync most of its life, and a pool thread of
// Swift's concurrency may not do that (on two cores it would be half of the pool). Foundation's Thread is out here, and Swift
// has no condition variable, so both are pthread's.
//
// Why it is sound: `Monitor` owns the mutex and the condition at a stable address from init to deinit; the committer's state is
// read and written only inside `Monitor.locked`; the thread holds a strong reference to the committer until it has ended.

/// Collects items from any thread and hands all that have gathered to one dedicated thread: while that one syncs, the
/// next batch gathers.
///
/// That is the group commit.
package final class GroupCommitter<Item: Sendable>: @unchecked Sendable {
    private let monitor = Monitor()
    private let capacity: Int
    private let process: @Sendable ([Item]) -> Void
    private let idle: @Sendable () -> Void

    // Guarded by `monitor`.
    private var gathered: [Item] = []
    private var spare: [Item] = []
    private var isStopping = false
    private var thread: pthread_t?

    /// Starts the thread, which runs until ``stop()``; the committer lives as long.
    ///
    /// - Parameters:
    ///   - name: The thread's name in `top` and debuggers; 15 bytes count.
    ///   - capacity: So many items may wait; more are refused.
    ///   - process: Runs on the thread with all that has gathered, in order; never empty, never two at once.
    ///   - idle: Runs on the thread after each second without an item.
    package init(
        name: String, capacity: Int, process: @escaping @Sendable ([Item]) -> Void,
        idle: @escaping @Sendable () -> Void = {}
    ) {
        self.capacity = capacity
        self.process = process
        self.idle = idle
        self.start(name: name)
    }

    /// Hands an item over.
    ///
    /// - Returns: False if the committer is stopping or too many items wait; the item was not taken then.
    package func submit(_ item: Item) -> Bool {
        self.monitor.locked {
            guard !self.isStopping, self.gathered.count < self.capacity else { return false }
            self.gathered.append(item)
            if self.gathered.count == 1 { self.monitor.wake() }
            return true
        }
    }

    /// Takes no more items, processes those that wait, and returns when the thread has ended.
    ///
    /// Not to be called from `process`.
    package func stop() {
        let thread = self.monitor.locked {
            self.isStopping = true
            self.monitor.wake()
            return self.thread.take()
        }
        if let thread { pthread_join(thread, nil) }
    }

    private func start(name: String) {
        let body = Unmanaged.passRetained(
            ThreadBody {
                nameThread(name)
                self.run()
            })
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                // The one reference that `passRetained` made for this thread.
                Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        precondition(result == 0, "pthread_create fails only where the system has no thread left: \(result)")
        self.monitor.locked { self.thread = thread }
    }

    private func run() {
        while true {
            let work: [Item]? = self.monitor.locked {
                if self.gathered.isEmpty && !self.isStopping { self.monitor.wait(seconds: 1) }
                guard !self.gathered.isEmpty else { return self.isStopping ? nil : [] }
                swap(&self.gathered, &self.spare)
                return self.spare
            }
            guard let work else { return }
            if work.isEmpty {
                self.idle()
            } else {
                self.process(work)
                self.monitor.locked { self.spare = [] }
            }
        }
    }
}

/// What a thread runs.
private final class ThreadBody {
    let run: () -> Void

    init(_ run: @escaping () -> Void) { self.run = run }
}

/// Gives the calling thread a name for `top` and debuggers (`pthread_setname_np` isn't visible from Swift).
private func nameThread(_ name: String) {
    let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }  // a thread without a name works as well
    _ = write(descriptor, name, min(15, name.utf8.count))
    _ = close(descriptor)
}

/// A mutex with a condition.
private final class Monitor: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(self.mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // Not the wall clock: it may jump.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(self.condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(self.condition)
        pthread_mutex_destroy(self.mutex)
        self.condition.deallocate()
        self.mutex.deallocate()
    }

    /// Runs `body` with the mutex held.
    func locked<Value>(_ body: () -> Value) -> Value {
        pthread_mutex_lock(self.mutex)
        defer { pthread_mutex_unlock(self.mutex) }
        return body()
    }

    /// Wakes the one that waits.
    ///
    /// With the mutex held.
    func wake() { pthread_cond_signal(self.condition) }

    /// Waits until woken or so many seconds have gone; the mutex is free meanwhile.
    ///
    /// With the mutex held.
    func wait(seconds: Int) {
        var until = timespec()
        clock_gettime(CLOCK_MONOTONIC, &until)
        until.tv_sec += seconds
        pthread_cond_timedwait(self.condition, self.mutex, &until)
    }
}
