#include "CFaultVFS.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPERATIONS = 2, PLACES = 2, PATH_LIMIT = 512, COPY_BYTES = 65536 };

/* What happens to the sync of the log. */
typedef enum { SYNC_FREE, SYNC_TO_HOLD, SYNC_HELD } sync_state;

struct fault_plan {
  char paths[PLACES][PATH_LIMIT];
  sqlite3_file *files[PLACES]; /* the writer's, which are opened first */
  int calls[OPERATIONS][PLACES];
  int failures;
  fault_operation operation;
  fault_place place;
  int first, count, code;
  bool is_late;
  sync_state sync;
  fault_plan *next;
};

/* An open file of a plan; the file of the system lies right behind it. */
typedef struct {
  sqlite3_file base;
  fault_plan *plan;
  fault_place place;
  sqlite3_file *real;
} fault_file;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static fault_plan *plans = NULL;
static sqlite3_vfs *system_vfs = NULL;
static sqlite3_vfs fault_vfs;

static sqlite3_file *real(sqlite3_file *file) {
  return ((fault_file *)file)->real;
}

/* Counts a call; returns the code it shall fail with, or SQLITE_OK. */
static int count_call(fault_file *file, fault_operation operation,
                      bool *is_late) {
  fault_plan *plan = file->plan;
  pthread_mutex_lock(&mutex);
  int call = ++plan->calls[operation][file->place];
  bool fails = plan->operation == operation && plan->place == file->place &&
               call >= plan->first && call - plan->first < plan->count;
  if (fails) plan->failures++;
  *is_late = plan->is_late;
  int code = fails ? plan->code : SQLITE_OK;
  pthread_mutex_unlock(&mutex);
  return code;
}

static int file_write(sqlite3_file *file, const void *bytes, int count,
                      sqlite3_int64 offset) {
  bool is_late;
  int code = count_call((fault_file *)file, FAULT_ON_WRITE, &is_late);
  if (code != SQLITE_OK && !is_late) return code;
  int result = real(file)->pMethods->xWrite(real(file), bytes, count, offset);
  return code != SQLITE_OK ? code : result;
}

static void hold(fault_plan *plan) {
  pthread_mutex_lock(&mutex);
  if (plan->sync == SYNC_TO_HOLD) {
    plan->sync = SYNC_HELD;
    pthread_cond_broadcast(&changed);
    while (plan->sync == SYNC_HELD) pthread_cond_wait(&changed, &mutex);
  }
  pthread_mutex_unlock(&mutex);
}

static int file_sync(sqlite3_file *file, int flags) {
  fault_file *faulty = (fault_file *)file;
  if (faulty->place == FAULT_IN_LOG) hold(faulty->plan);
  bool is_late;
  int code = count_call(faulty, FAULT_ON_SYNC, &is_late);
  if (code != SQLITE_OK && !is_late) return code;
  int result = real(file)->pMethods->xSync(real(file), flags);
  return code != SQLITE_OK ? code : result;
}

static int file_close(sqlite3_file *file) {
  fault_file *faulty = (fault_file *)file;
  pthread_mutex_lock(&mutex);
  if (faulty->plan->files[faulty->place] == faulty->real)
    faulty->plan->files[faulty->place] = NULL;
  pthread_mutex_unlock(&mutex);
  return real(file)->pMethods->xClose(real(file));
}

static int file_read(sqlite3_file *file, void *bytes, int count,
                     sqlite3_int64 offset) {
  return real(file)->pMethods->xRead(real(file), bytes, count, offset);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
  return real(file)->pMethods->xTruncate(real(file), size);
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}

static int file_lock(sqlite3_file *file, int level) {
  return real(file)->pMethods->xLock(real(file), level);
}

static int file_unlock(sqlite3_file *file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}

static int file_check_reserved_lock(sqlite3_file *file, int *result) {
  return real(file)->pMethods->xCheckReservedLock(real(file), result);
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
  return real(file)->pMethods->xFileControl(real(file), operation, argument);
}

static int file_sector_size(sqlite3_file *file) {
  return real(file)->pMethods->xSectorSize(real(file));
}

static int file_characteristics(sqlite3_file *file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int file_shm_map(sqlite3_file *file, int page, int size, int extend,
                        void volatile **address) {
  return real(file)->pMethods->xShmMap(real(file), page, size, extend, address);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file) {
  real(file)->pMethods->xShmBarrier(real(file));
}

static int file_shm_unmap(sqlite3_file *file, int deletes) {
  return real(file)->pMethods->xShmUnmap(real(file), deletes);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, /* shared memory, which WAL needs; no memory mapping */
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_reserved_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

static fault_plan *find_plan(const char *path, fault_place place) {
  pthread_mutex_lock(&mutex);
  fault_plan *plan = plans;
  while (plan != NULL && strcmp(plan->paths[place], path) != 0)
    plan = plan->next;
  pthread_mutex_unlock(&mutex);
  return plan;
}

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file,
                    int flags, int *out_flags) {
  fault_plan *plan = NULL;
  fault_place place =
      flags & SQLITE_OPEN_WAL ? FAULT_IN_LOG : FAULT_IN_DATABASE;
  if (path != NULL && flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL))
    plan = find_plan(path, place);
  if (plan == NULL)
    return system_vfs->xOpen(system_vfs, path, file, flags, out_flags);

  fault_file *faulty = (fault_file *)file;
  faulty->base.pMethods = NULL;
  faulty->plan = plan;
  faulty->place = place;
  faulty->real = (sqlite3_file *)&faulty[1];
  int code =
      system_vfs->xOpen(system_vfs, path, faulty->real, flags, out_flags);
  if (code != SQLITE_OK) return code;
  faulty->base.pMethods = &methods;
  pthread_mutex_lock(&mutex);
  if (plan->files[place] == NULL) plan->files[place] = faulty->real;
  pthread_mutex_unlock(&mutex);
  return SQLITE_OK;
}

static int install_result;

static void install(void) {
  system_vfs = sqlite3_vfs_find(NULL);
  fault_vfs = *system_vfs;
  fault_vfs.zName = "fault";
  fault_vfs.szOsFile = (int)sizeof(fault_file) + system_vfs->szOsFile;
  fault_vfs.xOpen = vfs_open;
  install_result = sqlite3_vfs_register(&fault_vfs, 1);
}

int fault_vfs_install(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, install);
  return install_result;
}

fault_plan *fault_plan_create(const char *database_path) {
  fault_plan *plan = calloc(1, sizeof(fault_plan));
  if (plan == NULL) return NULL;
  snprintf(plan->paths[FAULT_IN_DATABASE], PATH_LIMIT, "%s", database_path);
  snprintf(plan->paths[FAULT_IN_LOG], PATH_LIMIT, "%s-wal", database_path);
  pthread_mutex_lock(&mutex);
  plan->next = plans;
  plans = plan;
  pthread_mutex_unlock(&mutex);
  return plan;
}

void fault_plan_destroy(fault_plan *plan) {
  pthread_mutex_lock(&mutex);
  fault_plan **link = &plans;
  while (*link != plan) link = &(*link)->next;
  *link = plan->next;
  pthread_mutex_unlock(&mutex);
  free(plan);
}

void fault_plan_arm(fault_plan *plan, fault_operation operation,
                    fault_place place, int first, int count, int code,
                    bool is_late) {
  pthread_mutex_lock(&mutex);
  memset(plan->calls, 0, sizeof(plan->calls));
  plan->failures = 0;
  plan->operation = operation;
  plan->place = place;
  plan->first = first;
  plan->count = count;
  plan->code = code;
  plan->is_late = is_late;
  pthread_mutex_unlock(&mutex);
}

void fault_plan_disarm(fault_plan *plan) {
  fault_plan_arm(plan, FAULT_ON_WRITE, FAULT_IN_LOG, 1, 0, SQLITE_OK, false);
}

int fault_plan_calls(fault_plan *plan, fault_operation operation,
                     fault_place place) {
  pthread_mutex_lock(&mutex);
  int calls = plan->calls[operation][place];
  pthread_mutex_unlock(&mutex);
  return calls;
}

int fault_plan_failures(fault_plan *plan) {
  pthread_mutex_lock(&mutex);
  int failures = plan->failures;
  pthread_mutex_unlock(&mutex);
  return failures;
}

static void set_sync(fault_plan *plan, sync_state state) {
  pthread_mutex_lock(&mutex);
  plan->sync = state;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&mutex);
}

void fault_plan_hold_sync(fault_plan *plan) { set_sync(plan, SYNC_TO_HOLD); }

void fault_plan_release_sync(fault_plan *plan) { set_sync(plan, SYNC_FREE); }

void fault_plan_wait_for_held_sync(fault_plan *plan) {
  pthread_mutex_lock(&mutex);
  while (plan->sync != SYNC_HELD) pthread_cond_wait(&changed, &mutex);
  pthread_mutex_unlock(&mutex);
}

static bool copy_file(sqlite3_file *file, const char *path) {
  static const int chunk = COPY_BYTES;
  sqlite3_int64 size = 0;
  if (file == NULL || file->pMethods->xFileSize(file, &size) != SQLITE_OK)
    return false;
  char *bytes = malloc((size_t)chunk);
  FILE *copy = fopen(path, "wb");
  bool is_good = bytes != NULL && copy != NULL;
  for (sqlite3_int64 offset = 0; is_good && offset < size; offset += chunk) {
    int count = size - offset < chunk ? (int)(size - offset) : chunk;
    is_good = file->pMethods->xRead(file, bytes, count, offset) == SQLITE_OK &&
              fwrite(bytes, 1, (size_t)count, copy) == (size_t)count;
  }
  if (copy != NULL && fclose(copy) != 0) is_good = false;
  free(bytes);
  return is_good;
}

bool fault_plan_copy(fault_plan *plan, const char *database_path) {
  char log_path[PATH_LIMIT];
  snprintf(log_path, sizeof(log_path), "%s-wal", database_path);
  pthread_mutex_lock(&mutex);
  bool is_good = copy_file(plan->files[FAULT_IN_DATABASE], database_path) &&
                 copy_file(plan->files[FAULT_IN_LOG], log_path);
  pthread_mutex_unlock(&mutex);
  return is_good;
}
