#pragma once

/* sqlite3_config(3) takes a variable number of arguments, which Swift cannot pass. */

int sqlite3_config(int option, ...);

/* Has SQLite not count the memory it uses: it counts under a mutex of the whole process. To be called
   before the library is used; returns SQLITE_OK, or SQLITE_MISUSE if it was too late
   (sqlite.org/c3ref/c_config_covering_index_scan.html#sqliteconfigmemstatus). */
static inline int csqlite_count_no_memory(void) {
    return sqlite3_config(9 /* SQLITE_CONFIG_MEMSTATUS */, 0);
}
