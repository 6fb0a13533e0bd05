/* SPDX-License-Identifier: Apache-2.0
 *
 * DuckDB's messages as statuses and sentences. Its C API gives a typed error only for finished results;
 * preparing, pending execution and opening give a text, so the text decides: it starts with the kind
 * ("IO Error: ") and, for system calls, holds strerror's words. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "engine/duckdb_store.h"

enum { MESSAGE_MAX = 500, STATEMENT_MAX = 120 };

static bool holds(const char *text, const char *part) { return strstr(text, part) != NULL; }
static bool starts(const char *text, const char *part) { return strncmp(text, part, strlen(part)) == 0; }

/* `text` up to its first empty line, runs of space as one, cut at a character boundary. */
static void excerpt(char *out, size_t capacity, const char *text) {
  size_t length = 0;
  const char *next = text;
  while (isspace((unsigned char)*next)) next++;
  for (; *next != '\0' && !starts(next, "\n\n") && !starts(next, "\nLINE "); next++) {
    bool space = isspace((unsigned char)*next);
    if (space && (length == 0 || out[length - 1] == ' ')) continue;
    if (length + 4 >= capacity) break;
    out[length++] = space ? ' ' : *next;
  }
  bool cut = *next != '\0' && !starts(next, "\n");
  if (cut)
    while (length > 0 && ((unsigned char)*next & 0xC0) == 0x80) next--, length--;
  while (length > 0 && out[length - 1] == ' ') length--;
  memcpy(out + length, cut ? "..." : "", cut ? 4 : 1);
}

/* DuckDB says "Conflicting lock is held in PROGRAM (PID n)". */
static gy_status fail_busy(const char *store, const char *message, gy_error *err) {
  char program[128] = "another program";
  long pid = 0;
  const char *held = strstr(message, "held in ");
  const char *at = strstr(message, "(PID ");
  if (at != NULL && sscanf(at, "(PID %ld", &pid) != 1) pid = 0;
  if (held != NULL && at != NULL && held + 8 < at) {
    const char *begin = held + 8;
    for (const char *slash = begin; slash < at; slash++)
      if (*slash == '/') begin = slash + 1;
    snprintf(program, sizeof program, "%.*s", (int)(at - begin - (at > begin)), begin);
  }
  if (pid == 0)
    return gy_fail(err, GY_EBUSY, "%s is held by %s; wait until that is done, or stop it", store, program);
  return gy_fail(err, GY_EBUSY, "%s is held by process %ld (%s); wait until it is done, or stop it", store,
                 pid, program);
}

static bool is_damage(const char *text) {
  static const char *const SIGNS[] = {
      "not a valid DuckDB database file",
      "Corrupt database file",
      "version number",
      "Serialization Error",
      "checksum",
      "Failed to load metadata",
      "Failure while replaying WAL",
      "newer version",
  };
  for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
    if (holds(text, SIGNS[i])) return true;
  return false;
}

/* `No files found that match the pattern "PATH"`: mostly of a file that a view of the store reads where it
 * lies. */
static gy_status fail_absent(const char *message, gy_error *err) {
  const char *path = strchr(message, '"');
  size_t length = path != NULL ? strcspn(path + 1, "\"") : 0;
  return gy_fail(err, GY_EIO,
                 "%.*s is not there: put it back, or take its source out of gyeol.yaml and run again",
                 (int)length, path != NULL ? path + 1 : "");
}

gy_status store_fail(const char *store, const char *message, const char *sql, gy_error *err) {
  if (message == NULL) message = "no reason given";
  char why[MESSAGE_MAX];
  excerpt(why, sizeof why, message);
  if (starts(message, "INTERRUPT"))
    return gy_fail(err, GY_ECANCELLED, "stopped on request; the store is as it was before");
  if (holds(message, "Could not set lock on file")) return fail_busy(store, message, err);
  if (holds(message, "max_temp_directory_size"))
    return gy_fail(err, GY_ENOSPACE,
                   "no room on disk to spill to: free some, or raise --memory to spill less (%s)", why);
  if (holds(message, "No space left on device") || holds(message, "Could not write all bytes"))
    return gy_fail(err, GY_ENOSPACE, "the disk that holds %s is full: free some space and run again (%s)",
                   store, why);
  if (starts(message, "Out of Memory Error"))
    return gy_fail(err, GY_ELIMIT,
                   "the work does not fit into the memory it may use: raise --memory or lower --threads (%s)",
                   why);
  if (holds(message, "No files found that match the pattern")) return fail_absent(message, err);
  if (holds(message, "read-only mode: database does not exist"))
    return gy_fail(err, GY_ENOTFOUND, "%s does not exist", store);
  if (is_damage(message))
    return gy_fail(err, GY_ECORRUPT,
                   "%s is damaged or from a newer version: restore a backup, or move it away (%s)", store,
                   why);
  if (starts(message, "IO Error") || starts(message, "Permission Error"))
    return gy_fail(err, GY_EIO, "%s: %s", store, why);
  if (sql == NULL) return gy_fail(err, GY_EENGINE, "%s: %s", store, why);
  char statement[STATEMENT_MAX];
  excerpt(statement, sizeof statement, sql);
  return gy_fail(err, GY_EENGINE, "%s: %s (in: %s)", store, why, statement);
}

void store_note_failure(gy_engine *engine, gy_status status, const gy_error *why) {
  pthread_mutex_lock(&engine->failure_lock);
  if (!atomic_load(&engine->failed)) {
    engine->failure = *why;
    engine->failure.code = status;
    if (why->text[0] == '\0') gy_fail(&engine->failure, status, "%s", gy_status_meaning(status));
    atomic_store(&engine->failed, true);
  }
  pthread_mutex_unlock(&engine->failure_lock);
}
