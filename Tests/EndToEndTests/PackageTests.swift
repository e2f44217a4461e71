import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// The Debian package, made of the programs that were built with the tests.
    @Suite("Debian package")
    struct Package {
        @Test("its files belong to root, and their modes let nobody else write")
        func files() throws {
            let folder = try TestFolder()
            let script = "\(SourceFolder.path)/systemd/debian/build"
            let made = try run(script, [BuiltProgram.folder, folder.path], in: folder)
            let package = made.split(separator: "\n").last.map(String.init) ?? ""
            let files = try run("/usr/bin/dpkg-deb", ["-c", package], in: folder)
                .split(separator: "\n").map {
                    $0.split(separator: " ", omittingEmptySubsequences: true)
                }
            #expect(files.allSatisfy { $0[1] == "root/root" })
            let modes = Dictionary(
                uniqueKeysWithValues: files.map { (String($0[5]), String($0[0])) }
            )
            for program in ["campaignd", "campaignctl"] {
                #expect(modes["./usr/bin/\(program)"] == "-rwxr-xr-x")
            }
            for file in [
                "etc/campaignd/campaignd.yaml", "usr/lib/systemd/system/campaignd.service",
                "usr/lib/sysusers.d/campaignd.conf", "usr/lib/tmpfiles.d/campaignd.conf",
                "usr/share/doc/campaignd/operations.md", "usr/share/doc/campaignd/copyright",
            ] {
                #expect(modes["./\(file)"] == "-rw-r--r--", "\(file)")
            }
            #expect(!modes.keys.contains { $0.hasPrefix("./var") }, "data is none of the package's")
            _ = try run("/usr/bin/dpkg-deb", ["-e", package, "\(folder.path)/control"], in: folder)
            let conffiles = TestFile.text("\(folder.path)/control/conffiles")
            #expect(conffiles == "/etc/campaignd/campaignd.yaml\n")
            for name in ["postinst", "prerm", "postrm"] {
                _ = try run("/bin/sh", ["-n", "\(folder.path)/control/\(name)"], in: folder)
            }
        }

        private func run(_ program: String, _ arguments: [String], in folder: TestFolder) throws
            -> String
        {
            let base = "\(folder.path)/\(UUID().uuidString)"
            let process = try ChildProcess(
                ChildProcess.Start(
                    program,
                    arguments,
                    environment: ["PATH": "/usr/bin:/bin", "DEB_COMPRESSION": "none"],
                    output: "\(base).out",
                    errors: "\(base).err"
                )
            )
            #expect(try process.wait() == .exited(0), "\(TestFile.text("\(base).err") ?? "")")
            return TestFile.text("\(base).out") ?? ""
        }
    }
}

/// Where the sources lie.
enum SourceFolder {
    static let path = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
}
