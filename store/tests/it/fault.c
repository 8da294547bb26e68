/* A disk that fails, and a witness of what is written: loaded before the C library by the tests.
 *
 * FAULT_ROOT   only files below this directory are meddled with and recorded.
 * FAULT_PLAN   a file that may change at any time: "KIND ERRNO SKIP COUNT PART". Calls of that kind (fsync, fdatasync, sync for both, write, read)
 *              on a path that contains PART fail with ERRNO, after SKIP of them, COUNT times (-1: from then on). ERRNO 0
 *              makes a write short. Each failure adds a line to FAULT_PLAN.hit.
 * FAULT_RECORD a file every change is appended to, in order: op 1 · path length 4 · path · place 8 · length 4 · bytes.
 *              W write, T truncate, S sync, C create, R rename (bytes: the new path), U unlink, M make a directory.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int below_root(const char *path) {
  static const char *root;
  if (!root) root = getenv("FAULT_ROOT");
  return root && !strncmp(path, root, strlen(root));
}

/* The path an open file has now. */
static int path_of(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t got = syscall(SYS_readlink, link, path, 4095);
  if (got < 0) return 0;
  path[got] = 0;
  return below_root(path);
}

/* Whether this call is to fail, and how: -1 for not at all. */
static int planned(const char *kind, const char *path) {
  static char before[512];
  static long seen, failed;
  const char *plan = getenv("FAULT_PLAN");
  if (!plan) return -1;
  char text[512] = {0}, what[16], part[256];
  int fd = syscall(SYS_openat, AT_FDCWD, plan, O_RDONLY | O_CLOEXEC, 0), error;
  long skip, count;
  if (fd < 0) return -1;
  syscall(SYS_read, fd, text, sizeof text - 1);
  syscall(SYS_close, fd);
  if (strcmp(text, before)) {
    strcpy(before, text);
    seen = failed = 0;
  }
  if (sscanf(text, "%15s %d %ld %ld %255s", what, &error, &skip, &count, part) != 5) return -1;
  int any_sync = !strcmp(what, "sync") && strstr(kind, "sync");
  if ((strcmp(what, kind) && !any_sync) || !strstr(path, part)) return -1;
  if (seen++ < skip || (count >= 0 && failed >= count)) return -1;
  failed++;
  char hit[4096];
  snprintf(hit, sizeof hit, "%s.hit", plan);
  fd = syscall(SYS_openat, AT_FDCWD, hit, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  syscall(SYS_write, fd, path, strlen(path));
  syscall(SYS_write, fd, "\n", 1);
  syscall(SYS_close, fd);
  return error;
}

static void record(char op, const char *path, uint64_t place, const void *bytes, uint32_t length) {
  static int fd = -2;
  if (fd == -2) {
    const char *to = getenv("FAULT_RECORD");
    fd = to ? syscall(SYS_openat, AT_FDCWD, to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  }
  if (fd < 0) return;
  uint32_t named = strlen(path);
  size_t size = 1 + 4 + named + 8 + 4 + length;
  char *whole = malloc(size), *at = whole;
  *at++ = op;
  memcpy(at, &named, 4), at += 4;
  memcpy(at, path, named), at += named;
  memcpy(at, &place, 8), at += 8;
  memcpy(at, &length, 4), at += 4;
  if (length) memcpy(at, bytes, length);
  if (syscall(SYS_write, fd, whole, size) != (ssize_t)size) abort();
  free(whole);
}

static long result(long got) {
  return got; /* syscall() has set errno */
}

static long sync_with(const char *kind, long call, int fd) {
  char path[4096];
  if (!path_of(fd, path)) return result(syscall(call, fd));
  pthread_mutex_lock(&lock);
  int error = planned(kind, path);
  long got = -1;
  if (error > 0) errno = error;
  else if (!(got = syscall(call, fd))) record('S', path, 0, 0, 0);
  pthread_mutex_unlock(&lock);
  return got;
}

int fsync(int fd) { return sync_with("fsync", SYS_fsync, fd); }
int fdatasync(int fd) { return sync_with("fdatasync", SYS_fdatasync, fd); }

static ssize_t write_with(int fd, const void *bytes, size_t length, int64_t place) {
  char path[4096];
  int meddle = path_of(fd, path);
  if (meddle) pthread_mutex_lock(&lock);
  int error = meddle ? planned("write", path) : -1;
  ssize_t got = -1;
  int64_t at = place;
  if (error == 0 && length > 1) length /= 2;
  if (error > 0) errno = error;
  else {
    if (place < 0) {
      struct stat now;
      int append = syscall(SYS_fcntl, fd, F_GETFL) & O_APPEND;
      at = append && !fstat(fd, &now) ? now.st_size : syscall(SYS_lseek, fd, 0, SEEK_CUR);
      got = syscall(SYS_write, fd, bytes, length);
    } else got = syscall(SYS_pwrite64, fd, bytes, length, place);
    if (meddle && got > 0) record('W', path, at < 0 ? 0 : at, bytes, got);
  }
  if (meddle) pthread_mutex_unlock(&lock);
  return got;
}

ssize_t write(int fd, const void *bytes, size_t length) { return write_with(fd, bytes, length, -1); }
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return write_with(fd, bytes, length, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) { return write_with(fd, bytes, length, at); }

static int fails_to_read(int fd) {
  char path[4096];
  if (!getenv("FAULT_PLAN") || !path_of(fd, path)) return 0;
  pthread_mutex_lock(&lock);
  int error = planned("read", path);
  pthread_mutex_unlock(&lock);
  if (error > 0) errno = error;
  return error > 0;
}

ssize_t read(int fd, void *into, size_t length) {
  return fails_to_read(fd) ? -1 : syscall(SYS_read, fd, into, length);
}
ssize_t pread64(int fd, void *into, size_t length, off64_t at) {
  return fails_to_read(fd) ? -1 : syscall(SYS_pread64, fd, into, length, at);
}
ssize_t pread(int fd, void *into, size_t length, off_t at) { return pread64(fd, into, length, at); }

/* Copies go through read and write, where they are seen. */
ssize_t copy_file_range(int a, off64_t *b, int c, off64_t *d, size_t e, unsigned f) {
  (void)a, (void)b, (void)c, (void)d, (void)e, (void)f;
  errno = EXDEV;
  return -1;
}
ssize_t sendfile64(int a, int b, off64_t *c, size_t d) {
  (void)a, (void)b, (void)c, (void)d;
  errno = EINVAL;
  return -1;
}
ssize_t splice(int a, off64_t *b, int c, off64_t *d, size_t e, unsigned f) {
  (void)a, (void)b, (void)c, (void)d, (void)e, (void)f;
  errno = EINVAL;
  return -1;
}

static int truncate_with(int fd, int64_t length) {
  char path[4096];
  int meddle = path_of(fd, path);
  if (meddle) pthread_mutex_lock(&lock);
  int got = syscall(SYS_ftruncate, fd, length);
  if (meddle && !got) record('T', path, length, 0, 0);
  if (meddle) pthread_mutex_unlock(&lock);
  return got;
}
int ftruncate(int fd, off_t length) { return truncate_with(fd, length); }
int ftruncate64(int fd, off64_t length) { return truncate_with(fd, length); }

static int open_with(int dir, const char *path, int flags, mode_t mode) {
  char full[4096];
  int meddle = path[0] == '/' && below_root(path) && (flags & (O_CREAT | O_TRUNC));
  if (!meddle) return syscall(SYS_openat, dir, path, flags, mode);
  snprintf(full, sizeof full, "%s", path);
  pthread_mutex_lock(&lock);
  struct stat there;
  int is_new = stat(full, &there) != 0;
  int fd = syscall(SYS_openat, dir, path, flags, mode);
  if (fd >= 0 && is_new && (flags & O_CREAT)) record('C', full, 0, 0, 0);
  else if (fd >= 0 && (flags & O_TRUNC)) record('T', full, 0, 0, 0);
  pthread_mutex_unlock(&lock);
  return fd;
}

#define MODE(flags) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | O_TMPFILE)) { \
    va_list more; \
    va_start(more, flags); \
    mode = va_arg(more, mode_t); \
    va_end(more); \
  }
int open(const char *path, int flags, ...) { MODE(flags) return open_with(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return open_with(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int dir, const char *path, int flags, ...) { MODE(flags) return open_with(dir, path, flags, mode); }
int openat64(int dir, const char *path, int flags, ...) { MODE(flags) return open_with(dir, path, flags | O_LARGEFILE, mode); }

int rename(const char *from, const char *to) {
  pthread_mutex_lock(&lock);
  int got = syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
  if (!got && below_root(from)) record('R', from, 0, to, strlen(to));
  pthread_mutex_unlock(&lock);
  return got;
}

int mkdir(const char *path, mode_t mode) {
  pthread_mutex_lock(&lock);
  int got = syscall(SYS_mkdirat, AT_FDCWD, path, mode);
  if (!got && below_root(path)) record('M', path, 0, 0, 0);
  pthread_mutex_unlock(&lock);
  return got;
}

int unlinkat(int dir, const char *path, int flags) {
  char full[8192], parent[4096];
  if (path[0] == '/' || dir == AT_FDCWD) snprintf(full, sizeof full, "%s", path);
  else if (path_of(dir, parent)) snprintf(full, sizeof full, "%s/%s", parent, path);
  else full[0] = 0;
  pthread_mutex_lock(&lock);
  int got = syscall(SYS_unlinkat, dir, path, flags);
  if (!got && below_root(full)) record('U', full, 0, 0, 0);
  pthread_mutex_unlock(&lock);
  return got;
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
