/* SPDX-License-Identifier: Apache-2.0
 *
 * What the simulator's tests share: shops in folders of their own, and a plain reader of CSV files that
 * knows nothing of the writer. */
#ifndef GYEOL_TESTS_SIMULATE_FIXTURE_H
#define GYEOL_TESTS_SIMULATE_FIXTURE_H

#include <criterion/criterion.h>
#include <jansson.h>

#include <gyeol/simulate.h>

#define MUST(call)                                                                                \
  do {                                                                                            \
    gy_error err = {0};                                                                           \
    gy_status must_status = (call);                                                               \
    cr_assert_eq(must_status, GY_OK, "%s: %s: %s", #call, gy_status_name(must_status), err.text); \
  } while (0)

/* A fresh folder, removed with what is in it by remove_folder. */
char *make_folder(void);
void remove_folder(char *folder);

/* Simulates into a folder of its own, which must work. */
char *simulate(const gy_shop_options *options, gy_shop_summary *summary);

/* Default options with this many customers. */
gy_shop_options shop_of(uint64_t customers);

/* The bytes of a file, NUL-terminated; free() them. */
char *read_file(const char *folder, const char *name, size_t *length);

/* A table read by RFC 4180 into cells; every row must have as many as the header. */
typedef struct csv_table {
  char *bytes;
  size_t n_columns, n_rows; /* without the header */
  char **names;
  char **cells; /* n_rows x n_columns */
} csv_table;

csv_table read_csv(const char *folder, const char *name);
void free_csv(csv_table *table);
size_t column_of(const csv_table *table, const char *name);
const char *cell(const csv_table *table, size_t row, size_t column);
/* The whole cell as a number; the test fails when it is not one. */
double number(const csv_table *table, size_t row, size_t column);
/* "YYYY-MM-DD HH:MM:SS" in seconds since 1970 by the C library; -1 when it is not such a time. */
int64_t seconds_of(const char *text);

json_t *read_truth(const char *folder);

/* A mean with its standard error. */
typedef struct moments {
  double n, sum, squares;
} moments;

void moments_add(moments *of, double x);
double moments_mean(const moments *of);
double moments_error(const moments *of);

#endif
