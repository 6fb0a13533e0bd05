/* SPDX-License-Identifier: Apache-2.0
 *
 * The shop simulator as a kernel: tables come out as blocks of columns that the caller owns and writes
 * wherever it likes. No I/O, no clock, no globals.
 *
 * A table is cut into parts. Any part can be produced at any time on any thread, always with the same
 * rows; the table is its parts in order of their numbers.
 *
 *   products, campaigns, regions, market   one part
 *   customers, truth, truth_people, consents
 *     one part for each block of customers
 *   engagements                       one part for each campaign and block of customers
 *   orders, events, reviews, surveys, guests   parts of the current slice of a gy_shop_schedule
 *
 *   gy_shop_cursor cursor;
 *   gy_shop_cursor_open(shop, schedule, table, part, &cursor);
 *   do gy_shop_fill(shop, schedule, table, &cursor, block); while (block->n_rows > 0); */
#ifndef GYEOL_SIMULATE_SHOP_H
#define GYEOL_SIMULATE_SHOP_H

#include <stddef.h>

#include <gyeol/simulate.h>

enum {
  GY_SHOP_BLOCK_ROWS = 2048,
  GY_SHOP_COLUMNS_MAX = 20,
  GY_SHOP_TYPE_COUNT = 6,
  GY_SHOP_CATEGORY_COUNT = 12
};

#define GY_SHOP_NULL INT64_MIN

/* All but text is int64_t. */
typedef enum gy_shop_kind {
  GY_SHOP_INTEGER,
  GY_SHOP_DECIMAL, /* scaled by 10^decimals */
  GY_SHOP_TIME,    /* seconds of the shop's local clock since 1970-01-01 00:00 */
  GY_SHOP_TEXT
} gy_shop_kind;

typedef struct gy_shop_field {
  const char *name, *name_ko;
  gy_shop_kind kind;
  uint8_t decimals;
} gy_shop_field;

/* UTF-8, not terminated; `data` NULL: no value. Lives until the block is filled again. */
typedef struct gy_shop_text {
  const char *data;
  size_t length;
} gy_shop_text;

typedef struct gy_shop_block {
  size_t n_rows;
  size_t n_columns;
  int64_t *values[GY_SHOP_COLUMNS_MAX]; /* GY_SHOP_NULL: no value; unset for text columns */
  gy_shop_text *texts[GY_SHOP_COLUMNS_MAX];
  uint8_t *defects; /* of each row: 0, or 1 + gy_shop_defect */
  uint64_t defect_rows[GY_SHOP_DEFECT_COUNT];
  uint64_t return_rows;
  char *heap; /* text composed for this block */
  size_t heap_used;
} gy_shop_block;

typedef struct gy_shop gy_shop;
typedef struct gy_shop_schedule gy_shop_schedule;

/* Where a fill of one part stands; of no use to the caller but to hold. */
typedef struct gy_shop_cursor {
  size_t part;
  uint64_t at[3];
  uint64_t end[3];
  int32_t day;
} gy_shop_cursor;

/* Checks the options and prepares calendar, catalogue and rates. */
GY_MUST_USE gy_status gy_shop_create(const gy_shop_options *options, gy_shop **shop, gy_error *err);
void gy_shop_destroy(gy_shop *shop); /* NULL-safe */

const gy_shop_field *gy_shop_fields(const gy_shop *shop, gy_shop_table table, size_t *n_fields);

/* As the shop's options want the column called. */
const char *gy_shop_field_name(const gy_shop *shop, const gy_shop_field *field);

GY_MUST_USE gy_status gy_shop_block_create(const gy_shop *shop, gy_shop_table table, gy_shop_block **block,
                                           gy_error *err);
void gy_shop_block_destroy(gy_shop_block *block); /* NULL-safe */

/* True for the tables that follow the schedule. */
bool gy_shop_is_scheduled(gy_shop_table table);

/* Counts every order, return and visit by day (visits only where `with_visits`), on the task's threads.
 * The first slice is current after the first gy_shop_schedule_next. Scratch: 8 bytes for each entry of a
 * slice; a slice holds as many days as fit the budget, at least one, and is made by running every
 * customer's process again, so time grows by a tenth or so with each slice. */
GY_MUST_USE gy_status gy_shop_schedule_create(const gy_shop *shop, bool with_visits, const gy_task *task,
                                              gy_shop_schedule **schedule, gy_error *err);
void gy_shop_schedule_destroy(gy_shop_schedule *schedule); /* NULL-safe */
/* Moves to the next slice; `*more` is false when there is none. */
GY_MUST_USE gy_status gy_shop_schedule_next(gy_shop_schedule *schedule, const gy_task *task, bool *more,
                                            gy_error *err);
uint64_t gy_shop_schedule_orders(const gy_shop_schedule *schedule); /* of the whole window */
uint64_t gy_shop_schedule_returns(const gy_shop_schedule *schedule);
uint64_t gy_shop_schedule_done(const gy_shop_schedule *schedule); /* orders up to the slice's end */

/* Parts of the table; `schedule` may be NULL for tables that do not follow it. */
size_t gy_shop_parts(const gy_shop *shop, const gy_shop_schedule *schedule, gy_shop_table table);
void gy_shop_cursor_open(const gy_shop *shop, const gy_shop_schedule *schedule, gy_shop_table table,
                         size_t part, gy_shop_cursor *cursor);
/* The next rows of the part; none: the part is done. */
void gy_shop_fill(const gy_shop *shop, const gy_shop_schedule *schedule, gy_shop_table table,
                  gy_shop_cursor *cursor, gy_shop_block *block);

/* A latent type with the parameters in force (purchase rates after scaling), time in days, money in won. */
typedef struct gy_shop_type {
  const char *name;
  const char *name_ko;
  double share;            /* of customers */
  double r, alpha, a, b;   /* BG/NBD: rate ~ gamma(r, alpha), dropout after a repeat purchase ~ beta(a, b) */
  double p, q, gamma;      /* gamma-gamma: order ~ gamma(p, nu), nu ~ gamma(q, gamma) */
  double coupon_prob;      /* of an order */
  double return_prob;      /* of an order; one of its lines comes back */
  double review_prob;      /* of an order */
  double visits_per_order; /* visits without an order, for each expected order */
  double effect_prob;      /* a campaign of strength 1 makes a living customer order once more */
  double gift_pull;        /* strength of gift seasons */
  double sale_pull;        /* strength of sale seasons */
} gy_shop_type;

const gy_shop_type *gy_shop_types(const gy_shop *shop);

/* Orders of a customer of this type who joins at a uniform time of the window, the first included. */
double gy_shop_expected_orders(const gy_shop *shop, int type);

/* What a campaign did, known from both potential outcomes of every target. */
typedef struct gy_shop_effect {
  uint64_t targets, treated;
  uint64_t movable[GY_SHOP_TYPE_COUNT]; /* targets of a type, alive, with no order of their own in the week */
  double strength;
  double effect_prob; /* treated minus held out, in the share of targets that order within seven days */
  int64_t sent_at;    /* local seconds */
} gy_shop_effect;

/* Fills effects[0 .. campaigns - 1]; runs every customer once. */
GY_MUST_USE gy_status gy_shop_effects(const gy_shop *shop, const gy_task *task, gy_shop_effect *effects,
                                      size_t *n_effects, gy_error *err);

/* A category's market: the shop's share of it in the window's first quarter, growth a year (0.06 is six
 * hundredths), size in won a year. Categories are numbered from 0 to GY_SHOP_CATEGORY_COUNT - 1. */
typedef struct gy_shop_market {
  const char *category;
  double own_share, growth, won_per_year;
} gy_shop_market;

void gy_shop_market_of(const gy_shop *shop, int category, gy_shop_market *market);

/* Proleptic Gregorian calendar. */
int32_t gy_shop_day(int year, int month, int day);
void gy_shop_date(int32_t day, int *year, int *month, int *day_of_month);

#endif
