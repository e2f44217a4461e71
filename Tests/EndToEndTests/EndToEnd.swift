import Testing

/// The built programs, from outside: processes, files and sockets, and nothing of their insides.
///
/// One test at a time, as each may keep every core busy.
@Suite("End to end", .serialized, .timeLimit(.minutes(LargeTests.areWanted ? 30 : 15)))
enum EndToEnd {}
