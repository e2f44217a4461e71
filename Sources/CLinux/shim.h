#pragma once

/* statfs(2): which kind of file system it is; Swift's Glibc module does not have it. */
#include <sys/statfs.h>

/* syncfs(2): glibc declares it only under _GNU_SOURCE, which Swift's Glibc module does not set. */
int syncfs(int descriptor);
