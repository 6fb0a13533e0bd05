/* SPDX-License-Identifier: Apache-2.0
 *
 * Appending to the log and reading it. Judging it is audit_judge.c. */
#include "privacy/audit_log.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "privacy/audit_chain.h"
#include "privacy/vault_lock.h"

void gy_audit_reference(const gy_key_ring *ring, gy_identifier kind, const char *text, size_t n,
                        char reference[GY_AUDIT_REFERENCE_CHARS + 1]) {
  const char *name = gy_identifier_name(kind);
  uint8_t hash[GY_AUDIT_REFERENCE_CHARS / 2];
  crypto_generichash_state state;
  crypto_generichash_init(&state, gy_key_ring_audit_key(ring), GY_DATA_KEY_BYTES, sizeof hash);
  crypto_generichash_update(&state, (const uint8_t *)name, strlen(name) + 1);
  crypto_generichash_update(&state, (const uint8_t *)text, n);
  crypto_generichash_final(&state, hash, sizeof hash);
  sodium_bin2hex(reference, GY_AUDIT_REFERENCE_CHARS + 1, hash, sizeof hash);
}

static void name_user(char *name, size_t size) {
  struct passwd entry, *found = NULL;
  char room[4096];
  if (getpwuid_r(geteuid(), &entry, room, sizeof room, &found) == 0 && found != NULL)
    snprintf(name, size, "%s", found->pw_name);
  else
    snprintf(name, size, "uid %u", (unsigned)geteuid());
}

/* The line with its chain and newline; `anchor` moves behind it. */
static gy_status make_line(const gy_key_ring *ring, const gy_audit_entry *entry, gy_ring_anchor *anchor,
                           gy_buffer *line, gy_error *err) {
  char user[128], at[32];
  name_user(user, sizeof user);
  gy_clock_rfc3339(gy_clock_utc_us(), at);
  json_t *object =
      json_pack("{s:I, s:s, s:s, s:s, s:s?, s:O?}", "n", (json_int_t)anchor->audit_lines + 1, "at", at,
                "actor", entry->actor != NULL ? entry->actor : user, "action", entry->action, "subject",
                entry->subject, "detail", (json_t *)(uintptr_t)entry->detail);
  char *text = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;
  json_decref(object);
  if (text == NULL) return gy_fail(err, GY_ENOMEM, "no memory for a line of the audit log");
  size_t length = strlen(text) - 1; /* without its closing brace */
  gy_buffer_append(line, text, length);
  free(text);
  if (line->failed || line->max - line->length < GY_AUDIT_LINE_ROOM)
    return gy_fail(err, GY_ELIMIT, "a line of the audit log has at most %d bytes", GY_AUDIT_LINE_MOST);
  char chain[GY_AUDIT_CHAIN_CHARS + 1];
  gy_audit_chain(gy_key_ring_audit_key(ring), anchor->audit_hash, line->data, length, anchor->audit_hash);
  sodium_bin2hex(chain, sizeof chain, anchor->audit_hash, sizeof anchor->audit_hash);
  if (!gy_buffer_printf(line, GY_AUDIT_CHAIN_FIELD "%s\"}\n", chain))
    return gy_fail(err, GY_ENOMEM, "no memory for a line of the audit log");
  anchor->audit_lines++;
  anchor->audit_bytes += line->length;
  return GY_OK;
}

/* What a crash left behind the anchor: a whole line is anchored now, a part of one is cut off. Whatever else
 * is there stays for gyeol audit verify to find, and the chain goes on from the anchor. */
static gy_status settle_tail(const gy_key_ring *ring, int fd, const char *path, gy_ring_anchor *anchor,
                             gy_error *err) {
  struct stat info;
  if (fstat(fd, &info) != 0) return gy_fail_errno(err, "read", path);
  uint64_t size = (uint64_t)info.st_size, extra = size - anchor->audit_bytes;
  if (size > anchor->audit_bytes && extra <= GY_AUDIT_LINE_MOST) {
    char *tail = malloc(extra);
    if (tail == NULL) return gy_fail(err, GY_ENOMEM, "no memory for a line of the audit log");
    bool is_read = pread(fd, tail, extra, (off_t)anchor->audit_bytes) == (ssize_t)extra;
    uint8_t hash[sizeof anchor->audit_hash];
    const char *end = is_read ? memchr(tail, '\n', extra) : NULL;
    bool is_torn = is_read && end == NULL;
    bool is_whole = end == tail + extra - 1 && gy_audit_line_holds(gy_key_ring_audit_key(ring),
                                                                   anchor->audit_hash, tail, extra - 1, hash);
    free(tail);
    if (is_torn && ftruncate(fd, (off_t)anchor->audit_bytes) != 0) return gy_fail_errno(err, "write", path);
    if (is_torn) return GY_OK;
    if (is_whole) memcpy(anchor->audit_hash, hash, sizeof hash);
    anchor->audit_lines += is_whole;
  }
  anchor->audit_bytes = size;
  return GY_OK;
}

static gy_status write_line(int fd, const char *path, const gy_buffer *line, gy_error *err) {
  for (size_t put = 0; put < line->length;) {
    ssize_t n = write(fd, line->data + put, line->length - put);
    if (n < 0 && errno != EINTR) return gy_fail_errno(err, "write", path);
    put += n > 0 ? (size_t)n : 0;
  }
  return fsync(fd) == 0 ? GY_OK : gy_fail_errno(err, "write", path);
}

/* Under the lock, with the ring as it is on disk. */
static gy_status append(gy_key_ring *ring, const char *path, const gy_audit_entry *entry, gy_error *err) {
  bool is_new = !gy_path_exists(path);
  int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return gy_fail_errno(err, "write", path);
  gy_ring_anchor anchor = gy_key_ring_anchor(ring);
  gy_buffer line;
  gy_buffer_init(&line, GY_AUDIT_LINE_MOST);
  gy_status status = settle_tail(ring, fd, path, &anchor, err);
  if (status == GY_OK) status = make_line(ring, entry, &anchor, &line, err);
  if (status == GY_OK) status = write_line(fd, path, &line, err);
  if (status == GY_OK && is_new) gy_file_flush_folder(path);
  if (status == GY_OK) status = gy_key_ring_set_anchor(ring, &anchor, err);
  gy_buffer_clear(&line);
  close(fd);
  return status;
}

gy_status gy_audit_append(gy_key_ring *ring, const gy_audit_entry *entry, gy_error *err) {
  int lock = -1;
  char *path = gy_path_join(gy_key_ring_state_dir(ring), "audit.log");
  gy_status status = path != NULL ? gy_vault_lock_take(gy_key_ring_folder(ring), GY_VAULT_WRITES, &lock, err)
                                  : gy_fail(err, GY_ENOMEM, "no memory for the audit log");
  if (status == GY_OK) status = gy_key_ring_reload(ring, err);
  if (status == GY_OK) status = append(ring, path, entry, err);
  gy_vault_lock_release(lock);
  free(path);
  return status;
}

/* ---- reading ---- */

typedef struct {
  json_t *lines;
  size_t limit;
} collection;

static void collect(void *context, const char *line, size_t n) {
  collection *c = context;
  json_t *parsed = json_loadb(line, n, 0, NULL);
  if (parsed == NULL) return;
  json_array_append_new(c->lines, parsed);
  if (c->limit > 0 && json_array_size(c->lines) >= 2 * c->limit) {
    json_t *last = json_array();
    for (size_t i = json_array_size(c->lines) - c->limit; i < json_array_size(c->lines); i++)
      json_array_append(last, json_array_get(c->lines, i));
    json_decref(c->lines);
    c->lines = last;
  }
}

/* The log need not be there before its first line. */
static gy_status judge(const gy_key_ring *ring, const char *path, collection *lines,
                       gy_audit_verdict *verdict, gy_error *err) {
  gy_ring_anchor anchor = gy_key_ring_anchor(ring);
  FILE *file = fopen(gy_path_exists(path) ? path : "/dev/null", "re");
  if (file == NULL) return gy_fail_errno(err, "read", path);
  gy_audit_judge(file, gy_key_ring_audit_key(ring), &anchor, lines->lines != NULL ? collect : NULL, lines,
                 verdict);
  fclose(file);
  return GY_OK;
}

gy_status gy_audit_read(gy_key_ring *ring, size_t limit, gy_audit_verdict *verdict, json_t **newest,
                        gy_error *err) {
  int lock = -1;
  collection lines = {.lines = newest != NULL ? json_array() : NULL, .limit = limit};
  char *path = gy_path_join(gy_key_ring_state_dir(ring), "audit.log");
  gy_status status = path != NULL ? gy_vault_lock_take(gy_key_ring_folder(ring), GY_VAULT_READS, &lock, err)
                                  : gy_fail(err, GY_ENOMEM, "no memory for the audit log");
  if (status == GY_OK) status = gy_key_ring_reload(ring, err);
  if (status == GY_OK) status = judge(ring, path, &lines, verdict, err);
  while (limit > 0 && json_array_size(lines.lines) > limit) json_array_remove(lines.lines, 0);
  if (status == GY_OK && newest != NULL)
    *newest = lines.lines;
  else
    json_decref(lines.lines);
  gy_vault_lock_release(lock);
  free(path);
  return status;
}
