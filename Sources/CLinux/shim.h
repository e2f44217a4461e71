#pragma once

/* syncfs(2): glibc declares it only under _GNU_SOURCE, which Swift's Glibc module does not set. */
int syncfs(int descriptor);
