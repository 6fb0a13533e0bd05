/* SPDX-License-Identifier: Apache-2.0
 *
 * Contracts as gyeol.yaml states them: what a source promises of its rows, and what happens when it does not
 * keep its word. docs/contracts.md is the user's page.
 *
 *   contracts:
 *     - {rule: range, column: Quantity, min: 1, max: 1000, severity: quarantine, threshold: 1%}
 *
 * A rule looks at rows (those from required to window) or at the source as a whole (fresh, row_change). */
#ifndef GYEOL_DATA_PROJECT_FILE_CONTRACTS_H
#define GYEOL_DATA_PROJECT_FILE_CONTRACTS_H

#include <stdbool.h>
#include <stdint.h>

typedef enum gy_contract_kind {
  GY_RULE_REQUIRED, /* a value is there */
  GY_RULE_TYPE,     /* it can be read as `type` */
  GY_RULE_RANGE,    /* a number from `min` to `max` */
  GY_RULE_SET,      /* one of `values` */
  GY_RULE_PATTERN,  /* matches `pattern` from its first to its last character */
  GY_RULE_UNIQUE,   /* no two rows have the same values in `column` or `columns` */
  GY_RULE_FOREIGN,  /* occurs in `references`, a column of another source */
  GY_RULE_WINDOW,   /* a time between `from` and `to` */
  GY_RULE_FRESH,    /* the newest time is at most `days` before the moment looked from */
  GY_RULE_CHANGE,   /* the number of rows is within `percent` of the last run's */
  GY_RULE_COUNT,
} gy_contract_kind;

/* What happens to rows that fail. Whatever the severity, more of them than the threshold stop the run. */
typedef enum gy_severity {
  GY_SEVERITY_WARN,       /* counted */
  GY_SEVERITY_QUARANTINE, /* moved to the rejected rows */
  GY_SEVERITY_STOP,       /* the run stops; with a threshold, only above it */
} gy_severity;

typedef enum gy_contract_type {
  GY_RULE_TYPE_NONE,
  GY_RULE_TYPE_INTEGER,
  GY_RULE_TYPE_NUMBER,
  GY_RULE_TYPE_TIME, /* a date or a time */
  GY_RULE_TYPE_BOOL,
} gy_contract_type;

enum { GY_CONTRACTS_MAX = 256, GY_CONTRACT_COLUMNS_MAX = 16, GY_CONTRACT_VALUES_MAX = 10000 };

/* Texts that are not set are NULL. */
typedef struct gy_contract_config {
  char *name; /* never NULL once read: rule(column) unless stated */
  bool is_named;
  gy_contract_kind rule;
  char *column;   /* by the source's name or by role; NULL for change, and for unique with columns */
  char **columns; /* of unique: the columns of one key */
  uint32_t n_columns;
  gy_contract_type type;
  char *min, *max;
  char **values;
  uint32_t n_values;
  char *pattern;
  char *references; /* SOURCE.COLUMN */
  char *from, *to;  /* a date, a date and time, now or as_of */
  uint32_t days;
  char *percent;
  gy_severity severity;
  char *threshold; /* "100": rows; "0.5%": of the rows read */
} gy_contract_config;

/* Looks at rows, so that rows can be moved for it. */
static inline bool gy_contract_is_of_rows(gy_contract_kind kind) {
  return kind != GY_RULE_FRESH && kind != GY_RULE_CHANGE;
}

/* A threshold's number of rows among `n_rows`, at least 0; -1 for NULL: none. */
double gy_contract_threshold(const char *threshold, uint64_t n_rows);

#endif
