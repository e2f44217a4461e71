#ifndef CFAULTVFS_H
#define CFAULTVFS_H

#include <stdbool.h>

/* A virtual file system for SQLite that passes everything on to the one of the
 * system, and makes chosen calls on chosen databases fail
 * (sqlite.org/vfs.html). Files without a plan are not touched. */

typedef struct fault_plan fault_plan;

typedef enum { FAULT_ON_WRITE, FAULT_ON_SYNC } fault_operation;

typedef enum { FAULT_IN_DATABASE, FAULT_IN_LOG } fault_place;

/* Makes this the default of the process; more calls do nothing. */
int fault_vfs_install(void);

/* Begins to watch the database at an absolute path, before it is opened. */
fault_plan *fault_plan_create(const char *database_path);

/* Ends it, after the database was closed. */
void fault_plan_destroy(fault_plan *plan);

/* Makes `count` calls fail with `code`, from the `first` one counted from now
 * on. With `is_late` they do their work before they fail. */
void fault_plan_arm(fault_plan *plan, fault_operation operation,
                    fault_place place, int first, int count, int code,
                    bool is_late);

/* Lets every call succeed, and counts from 0 again. */
void fault_plan_disarm(fault_plan *plan);

/* How often the operation was called since the plan was last (dis)armed. */
int fault_plan_calls(fault_plan *plan, fault_operation operation,
                     fault_place place);

/* How many calls have failed since then. */
int fault_plan_failures(fault_plan *plan);

/* Has the next sync of the log wait before it does its work. */
void fault_plan_hold_sync(fault_plan *plan);

/* Returns once a sync is waiting. */
void fault_plan_wait_for_held_sync(fault_plan *plan);

/* Lets it go on. */
void fault_plan_release_sync(fault_plan *plan);

/* Copies the open database and its log as a crash at this moment would leave
 * them, without opening them: closing them would drop SQLite's locks. */
bool fault_plan_copy(fault_plan *plan, const char *database_path);

#endif
