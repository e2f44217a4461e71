#pragma once

/* What Swift's Glibc module lacks: it leaves headers out, and does not set _GNU_SOURCE. */

#include <linux/stat.h>
#include <stddef.h>
/* statfs(2): which kind of file system it is. */
#include <sys/statfs.h>

/* syncfs(2) */
int syncfs(int descriptor);

/* statx(2) */
int statx(int folder, const char *path, int flags, unsigned mask, struct statx *status);

/* malloc_trim(3) */
int malloc_trim(size_t pad);
