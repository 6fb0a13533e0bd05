/* SPDX-License-Identifier: Apache-2.0
 *
 * The shop simulator: a Korean online shop of any size whose truth is known.
 *
 * Every customer has a latent type with its own purchase process (BG/NBD), spend (gamma-gamma) and
 * reaction to campaigns; what an analyst would receive goes to plain tables, what only the simulator
 * can know goes to truth files beside them. docs/methods/simulator.md states the model.
 *
 * The bytes depend on the options alone: not on threads, on memory, or on which tables are written. */
#ifndef GYEOL_SIMULATE_H
#define GYEOL_SIMULATE_H

#include <stdbool.h>
#include <stdint.h>

#include <gyeol/task.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Each table is one file of this name with the ending of the format. `truth.json` is always written. */
typedef enum gy_shop_table {
  GY_SHOP_CUSTOMERS,
  GY_SHOP_PRODUCTS,
  GY_SHOP_ORDERS, /* one row an order line, in order of time; returns are rows with negative quantity */
  GY_SHOP_EVENTS,
  GY_SHOP_CAMPAIGNS,
  GY_SHOP_ENGAGEMENTS,
  GY_SHOP_REVIEWS,
  GY_SHOP_SURVEYS,  /* one row an answer: would recommend 0 to 10, satisfaction 1 to 5 */
  GY_SHOP_CONSENTS, /* one row a decision, of a customer, an address or a phone */
  GY_SHOP_REGIONS,
  GY_SHOP_MARKET,        /* one row a category, quarter and competitor */
  GY_SHOP_TRUTH,         /* one row a customer: type, rates, alive, expected spend, effect */
  GY_SHOP_TRUTH_REVIEWS, /* the sentiment that each review was composed with */
  GY_SHOP_TRUTH_SURVEYS, /* the attitude behind each survey, and whether the customer ordered again */
  GY_SHOP_USUAL_COUNT,
  GY_SHOP_TRUTH_PEOPLE = GY_SHOP_USUAL_COUNT, /* customer -> person; these two where people are messy */
  GY_SHOP_TRUTH_GUESTS,                       /* order without a customer -> person */
  GY_SHOP_TABLE_COUNT
} gy_shop_table;

#define GY_SHOP_USUAL_TABLES  ((1u << GY_SHOP_USUAL_COUNT) - 1)
#define GY_SHOP_PEOPLE_TABLES (1u << GY_SHOP_TRUTH_PEOPLE | 1u << GY_SHOP_TRUTH_GUESTS)
#define GY_SHOP_ALL_TABLES    ((1u << GY_SHOP_TABLE_COUNT) - 1)

typedef enum gy_shop_format { GY_SHOP_CSV, GY_SHOP_PARQUET } gy_shop_format;
typedef enum gy_shop_encoding { GY_SHOP_UTF8, GY_SHOP_CP949 } gy_shop_encoding;

/* What `dirty_share` puts into order lines. */
typedef enum gy_shop_defect {
  GY_SHOP_BAD_DATE,
  GY_SHOP_NO_CUSTOMER,
  GY_SHOP_DUPLICATE, /* one more row, the same as another of its order */
  GY_SHOP_NEGATIVE_PRICE,
  GY_SHOP_TEXT_NUMBER, /* a quantity that is no number */
  GY_SHOP_WHITESPACE,  /* harmless to a reader that trims */
  GY_SHOP_DEFECT_COUNT
} gy_shop_defect;

enum { GY_SHOP_CAMPAIGNS_MAX = 24 };

/* Initialise with gy_shop_options_init, then change what matters. */
typedef struct gy_shop_options {
  uint64_t customers; /* 1 .. 2^31 - 1 */
  uint64_t seed;
  int32_t start_day; /* first and last day of the window, in days since 1970-01-01; 2015 .. 2030 */
  int32_t end_day;
  double lines_per_order;    /* mean, 1 .. 20 */
  double lines_per_customer; /* mean over the window, without returns, dirty rows and orders that campaigns
                              * caused; reached by scaling every purchase rate; 0: the types' own rates */
  uint32_t products;         /* 200 .. 100000 */
  uint32_t campaigns;        /* at most GY_SHOP_CAMPAIGNS_MAX, and two weeks apart */
  bool flat_calendar;        /* no months, weekdays and holidays */
  bool full_columns;         /* orders also get channel, coupon and status */
  double dirty_share;        /* share of order lines that get a defect, 0 .. 0.5; CSV only */
  unsigned tables;           /* bits 1u << gy_shop_table */
  gy_shop_format format;
  gy_shop_encoding encoding; /* of CSV; CP949 is what Excel writes in Korea */
  bool korean_names;         /* columns are called 고객번호, 주문일시, ... */
  bool messy_people;         /* some register twice, order as guests, share phones and devices; customers get
                              * name, address, postcode and birth date, orders the guests' e-mail and phone */
} gy_shop_options;

/* 10,000 customers, seed 1, 2024-01-01 to 2025-12-31, 2.5 lines an order, 2,000 products, six campaigns,
 * no dirty rows, the usual tables, plain people, CSV. */
void gy_shop_options_init(gy_shop_options *options);

typedef struct gy_shop_summary {
  uint64_t rows[GY_SHOP_TABLE_COUNT]; /* as written, without headers */
  uint64_t bytes[GY_SHOP_TABLE_COUNT];
  uint64_t orders;
  uint64_t returns; /* return rows among the order lines */
  uint64_t defects[GY_SHOP_DEFECT_COUNT];
  double expected_orders; /* a customer, by the model, without campaigns */
  double seconds;
} gy_shop_summary;

/* The name of a table ("orders") and of a defect ("bad_date"). Never NULL. */
const char *gy_shop_table_name(gy_shop_table table);
const char *gy_shop_defect_name(gy_shop_defect defect);

/* Simulates a shop into `out_dir`, which is created when missing. Files appear under their names only
 * when all of them are complete; a file of the same name is replaced, others are left alone. Memory does
 * not grow with the number of customers; the task's budget moves time against memory, never bytes.
 * GY_EUSAGE names the option that does not fit; GY_ENOSPACE a full disk; GY_ECANCELLED leaves nothing. */
GY_MUST_USE gy_status gy_simulate_shop(const gy_shop_options *options, const char *out_dir,
                                       const gy_task *task, gy_shop_summary *summary, gy_error *err);

#ifdef __cplusplus
}
#endif
#endif
