import Glibc
import Synchronization

/// Counts what this process has synced, whoever asked: SQLite, the spool, the floor.
///
/// The functions below stand in the program under the C library's own names, so that the dynamic
/// linker binds libsqlite3's calls to them; each counts and hands on.
enum SyncCount {
    fileprivate typealias Call = @convention(c) (Int32) -> Int32

    fileprivate static let calls = Atomic<Int>(0)

    static var value: Int { calls.load(ordering: .relaxed) }

    /// The C library's function of that name, the next after this program's own (dlsym(3)).
    fileprivate static func next(_ name: String) -> Call {
        guard let address = dlsym(UnsafeMutableRawPointer(bitPattern: -1), name) else {
            preconditionFailure("the C library has no \(name)")
        }
        return unsafeBitCast(address, to: Call.self)
    }
}

private let systemFsync = SyncCount.next("fsync")
private let systemFdatasync = SyncCount.next("fdatasync")
private let systemSyncfs = SyncCount.next("syncfs")

/// Counts, then syncs a file.
@_cdecl("fsync")
public func countedFsync(_ descriptor: Int32) -> Int32 {
    SyncCount.calls.add(1, ordering: .relaxed)
    return systemFsync(descriptor)
}

/// Counts, then syncs a file's content.
@_cdecl("fdatasync")
public func countedFdatasync(_ descriptor: Int32) -> Int32 {
    SyncCount.calls.add(1, ordering: .relaxed)
    return systemFdatasync(descriptor)
}

/// Counts, then syncs a file system.
@_cdecl("syncfs")
public func countedSyncfs(_ descriptor: Int32) -> Int32 {
    SyncCount.calls.add(1, ordering: .relaxed)
    return systemSyncfs(descriptor)
}
