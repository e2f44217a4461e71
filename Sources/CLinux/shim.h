#pragma once

/* What Swift's Glibc module lacks: it leaves headers out, and does not set _GNU_SOURCE. */

#include <linux/stat.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>
/* statfs(2): which kind of file system it is. */
#include <sys/statfs.h>

/* syncfs(2) */
int syncfs(int descriptor);

/* fallocate(2), and its flag that leaves the file's length as it is. */
int fallocate(int descriptor, int mode, long offset, long length);
enum { KEEP_SIZE = 1 };

/* statx(2) */
int statx(int folder, const char *path, int flags, unsigned mask, struct statx *status);

/* malloc_trim(3) */
int malloc_trim(size_t pad);

/* A file without a name, closed on exec: memfd_create(2). */
static inline int clinux_memory_file(const char *name) {
    return (int)syscall(SYS_memfd_create, name, 1u /* MFD_CLOEXEC */);
}

/* A descriptor that becomes readable when the process ends: pidfd_open(2). */
static inline int clinux_process_descriptor(pid_t process) {
    return (int)syscall(SYS_pidfd_open, process, 0u);
}

/* Starts a program in a process group of its own, with `input` and `output` as its standard input
   and output and no other descriptor but standard error. It is killed when the thread that called
   this ends (PR_SET_PDEATHSIG, prctl(2)). Returns its id, or -1. A program that cannot be run exits
   with 127, as in a shell. */
static inline pid_t clinux_spawn(char *const arguments[], int input, int output) {
    pid_t parent = getpid();
    pid_t child = fork();
    if (child != 0) return child;
    /* From here on only what is safe after fork in a process with threads. */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, 0);
    signal(SIGPIPE, SIG_DFL);
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || dup2(input, 0) < 0 || dup2(output, 1) < 0) _exit(127);
    syscall(SYS_close_range, 3u, ~0u, 0u);
    execvp(arguments[0], arguments);
    _exit(127);
}
