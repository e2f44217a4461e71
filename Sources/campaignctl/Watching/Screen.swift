import Glibc

/// A terminal's other screen, which leaves what was on the first as it was.
struct Screen {
    let console: Console

    /// Goes to the other screen and hides the cursor.
    func open() throws {
        try write("\u{1b}[?1049h\u{1b}[?25l")
    }

    /// Shows the cursor and goes back.
    func close() {
        try? write("\u{1b}[?25h\u{1b}[?1049l")
    }

    /// Replaces everything that is shown, cut to the size the terminal has now.
    func draw(_ lines: [String]) throws {
        let (columns, rows) = Self.size
        let shown = lines.prefix(rows).map { DisplayText.cut($0, to: columns) + "\u{1b}[K" }
        try write("\u{1b}[H" + shown.joined(separator: "\r\n") + "\u{1b}[J")
    }

    private func write(_ text: String) throws {
        try console.writeOut(Array(text.utf8))
    }

    private static var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
        else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}
