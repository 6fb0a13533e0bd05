/* SPDX-License-Identifier: Apache-2.0 */
#include "support/alloc_fail.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *storage);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *storage);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t most);
int __wrap_vasprintf(char **text, const char *format, va_list args);
int __wrap_asprintf(char **text, const char *format, ...);

static atomic_long live;                     /* allocations not freed */
static atomic_long until_failure = LONG_MAX; /* allocations that still succeed */

static int fails(void) { return atomic_fetch_sub(&until_failure, 1) == 0; }

static void *counted(void *storage) {
  if (storage != NULL) atomic_fetch_add(&live, 1);
  return storage;
}

void *__wrap_malloc(size_t size) { return fails() ? NULL : counted(__real_malloc(size)); }

void *__wrap_calloc(size_t n, size_t size) { return fails() ? NULL : counted(__real_calloc(n, size)); }

void *__wrap_realloc(void *old, size_t size) {
  if (fails()) return NULL;
  void *storage = __real_realloc(old, size);
  if (old == NULL) counted(storage);
  return storage;
}

void *__wrap_aligned_alloc(size_t alignment, size_t size) {
  return fails() ? NULL : counted(__real_aligned_alloc(alignment, size));
}

void __wrap_free(void *storage) {
  if (storage != NULL) atomic_fetch_sub(&live, 1);
  __real_free(storage);
}

/* The C library allocates these texts itself, behind the wrapped names. */
char *__wrap_strdup(const char *text) {
  char *copy = __wrap_malloc(strlen(text) + 1);
  return copy != NULL ? strcpy(copy, text) : NULL;
}

char *__wrap_strndup(const char *text, size_t most) {
  size_t length = strnlen(text, most);
  char *copy = __wrap_malloc(length + 1);
  if (copy == NULL) return NULL;
  memcpy(copy, text, length);
  copy[length] = '\0';
  return copy;
}

int __wrap_vasprintf(char **text, const char *format, va_list args) {
  va_list again;
  va_copy(again, args);
  int length = vsnprintf(NULL, 0, format, again);
  va_end(again);
  *text = length >= 0 ? __wrap_malloc((size_t)length + 1) : NULL;
  if (*text == NULL) return -1;
  return vsnprintf(*text, (size_t)length + 1, format, args);
}

int __wrap_asprintf(char **text, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int length = __wrap_vasprintf(text, format, args);
  va_end(args);
  return length;
}

int alloc_fail_each(const char *name, gy_status (*body)(void *user, gy_error *err), void *user) {
  for (int failing = 0;; failing++) {
    gy_error err = {0};
    long before = atomic_load(&live);
    atomic_store(&until_failure, failing);
    gy_status status = body(user, &err);
    int injected = atomic_exchange(&until_failure, LONG_MAX) < 0;
    long left = atomic_load(&live) - before;
    cr_assert_eq(left, 0, "%s: %ld allocations left after allocation %d failed", name, left, failing);
    if (!injected) {
      cr_assert_eq(status, GY_OK, "%s: %s without a failed allocation: %s", name, gy_status_name(status),
                   err.text);
      return failing;
    }
    cr_assert_eq(status, GY_ENOMEM, "%s: %s after allocation %d failed", name, gy_status_name(status),
                 failing);
    cr_assert(err.text[0] != '\0', "%s: no sentence after allocation %d failed", name, failing);
  }
}
