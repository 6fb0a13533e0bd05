/* SPDX-License-Identifier: Apache-2.0
 *
 * Status codes and the error sentence that goes with them.
 *
 * Every function that can fail returns a gy_status and takes, as its last parameter, a caller-owned
 * gy_error that receives one sentence saying what went wrong, where, and what to do about it. The
 * error may be NULL when only the code matters. Outputs are assigned on success only. */
#ifndef GYEOL_STATUS_H
#define GYEOL_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#define GY_MUST_USE                   __attribute__((warn_unused_result))
#define GY_PRINTF(format_at, args_at) __attribute__((format(printf, format_at, args_at)))

/* One table: code, name, process exit code, HTTP status, meaning. */
#define GY_STATUS_TABLE(X)                                                              \
  X(GY_OK, "ok", 0, 200, "done")                                                        \
  X(GY_EUSAGE, "usage", 2, 400, "wrong use: an argument or option does not fit")        \
  X(GY_ECONFIG, "config", 2, 422, "a configuration file does not fit")                  \
  X(GY_ENOTFOUND, "not-found", 1, 404, "what was named does not exist")                 \
  X(GY_EEXISTS, "exists", 1, 409, "what should be created exists already")              \
  X(GY_EIO, "io", 1, 500, "a file or device could not be read or written")              \
  X(GY_ENOSPACE, "no-space", 1, 507, "the disk is full")                                \
  X(GY_EPARSE, "parse", 1, 422, "input text does not follow its format")                \
  X(GY_EDATA, "data", 3, 422, "data below the quality rules, or nothing usable in it")  \
  X(GY_ENOMEM, "no-memory", 1, 500, "an allocation failed")                             \
  X(GY_ELIMIT, "limit", 1, 413, "a stated limit or memory budget would be exceeded")    \
  X(GY_EBUSY, "busy", 1, 423, "held by another process")                                \
  X(GY_ECANCELLED, "cancelled", 130, 499, "stopped on request; nothing was changed")    \
  X(GY_EENGINE, "engine", 1, 500, "the storage engine refused a statement")             \
  X(GY_ECORRUPT, "corrupt", 1, 500, "a stored file is damaged or from a newer version") \
  X(GY_EINTERNAL, "internal", 1, 500, "a defect in gyeol itself")

typedef enum gy_status {
#define GY_STATUS_CODE(code, name, exit_code, http, meaning) code,
  GY_STATUS_TABLE(GY_STATUS_CODE)
#undef GY_STATUS_CODE
      GY_STATUS_COUNT
} gy_status;

enum { GY_ERROR_TEXT_MAX = 1024 };

/* The sentence behind a status. Zero-initialise before first use: `gy_error err = {0};`. */
typedef struct gy_error {
  gy_status code;
  char text[GY_ERROR_TEXT_MAX];
} gy_error;

/* Short stable name of a status ("no-memory"), for logs and JSON. Never NULL. */
const char *gy_status_name(gy_status status);

/* One-line meaning of a status. Never NULL. */
const char *gy_status_meaning(gy_status status);

/* Exit code of a process that ends with this status. */
int gy_status_exit_code(gy_status status);

/* HTTP status of a reply that ends with this status. */
int gy_status_http(gy_status status);

/* Sets `err` (may be NULL) to `code` and the formatted sentence; returns `code`, so that a failing
 * function can end with `return gy_fail(err, GY_EIO, "cannot read %s: %s", path, why);`. Text that
 * does not fit is cut at a UTF-8 boundary. */
gy_status gy_fail(gy_error *err, gy_status code, const char *format, ...) GY_PRINTF(3, 4);

/* Puts "prefix: " before the sentence already in `err`; used once per component boundary. */
void gy_error_prefix(gy_error *err, const char *format, ...) GY_PRINTF(2, 3);

#ifdef __cplusplus
}
#endif
#endif
