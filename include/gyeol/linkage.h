/* SPDX-License-Identifier: Apache-2.0
 *
 * Which records of two lists are one person, or which of one list are: fields compared in levels, candidate
 * pairs from blocks, weights by the model of Fellegi and Sunter (record_linkage.h).
 *
 *   texts -> normal forms, each distinct one once -> blocks by rule -> patterns counted -> m, u, prior
 *         -> candidate pairs weighed again, those above the lines kept
 *
 * u is counted on random pairs (all of them where there are few). m is fitted by expectation-maximisation
 * inside the blocks of each rule, on the fields that the rule does not look at, and averaged over rules by
 * the matches they hold; the share of matches among all pairs follows. A value that many records share says
 * less than a rare one: fields by name weigh an exact agreement by the value's own frequency.
 *
 * Deterministic: the same on any number of threads. With a given model, also whatever the order of records
 * or lists; without one, where all pairs are counted (GY_LINK_ALL_PAIRS), else but for the noise of a sample.
 *
 * Cost: O(records) to prepare, O(candidate pairs) twice. Memory is planned by gy_link_memory and refused
 * beforehand with GY_ELIMIT where the task's budget is less; pairs that are kept come on top and are bounded
 * by what is left of it. Sources: Fellegi and Sunter (JASA 64, 1969), Winkler (1988, 1990), Yancey (2000) on
 * blocks, Winkler (2000) on frequencies. */
#ifndef GYEOL_LINKAGE_H
#define GYEOL_LINKAGE_H

#include <gyeol/record_linkage.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  GY_LINK_FIELDS_MAX = 15,
  GY_LINK_RULES_MAX = 24,
  GY_LINK_PARTS_MAX = 4,
  GY_LINK_ALL_PAIRS = 2000000, /* up to so many, u is counted on all pairs */
  GY_LINK_RECORDS_MAX = 1 << 30
};

/* How two values are compared, after both are folded (NFKC, case) to their normal form. Levels from the
 * highest; 0 is none of them, GY_LEVEL_UNKNOWN a missing value. */
typedef enum gy_link_compare {
  GY_LINK_EXACT,   /* 1 equal */
  GY_LINK_NAME,    /* 3 equal without blanks; 2 Jaro-Winkler of Hangul letters >= 0.92, one letter other, more
                    * or less, two exchanged, or the same words in another order; 1 >= 0.85 */
  GY_LINK_ADDRESS, /* 3 equal; 2 four of five words the same and no other number; 1 half of the words */
  GY_LINK_EMAIL,   /* 3 equal but for case, +tag and the dots of gmail; 2 the part before @ equal but for
                    * dots; 1 that part alike (0.92, or one letter) */
  GY_LINK_PHONE,   /* 3 equal in digits (+82 is 0); 2 the last eight equal, one digit other or two
                    * neighbours exchanged; 1 the last four equal */
  GY_LINK_DATE,    /* 3 equal; 2 two of year, month, day equal, or month and day exchanged; 1 same year */
  GY_LINK_POSTCODE, /* 2 equal; 1 the first three equal */
  GY_LINK_TEXT,     /* as a name, without the other order */
  GY_LINK_COMPARE_COUNT
} gy_link_compare;

const char *gy_link_compare_name(gy_link_compare compare); /* "exact", "name", ... */
bool gy_link_compare_from_name(const char *name, gy_link_compare *compare);
int gy_link_compare_levels(gy_link_compare compare);

/* One field's texts of all records behind each other: record i has bytes[offsets[i] .. offsets[i + 1]), UTF-8
 * (what is not is passed over); an empty one is missing. */
typedef struct gy_link_column {
  const char *bytes;
  const uint64_t *offsets; /* n + 1 */
} gy_link_column;

typedef struct gy_link_list {
  size_t n;
  const gy_link_column *columns; /* one a field */
} gy_link_list;

typedef struct gy_link_field {
  const char *name; /* for messages; lent */
  gy_link_compare compare;
  bool by_frequency; /* weigh exact agreement by how frequent the value is */
} gy_link_field;

/* What records must share to be compared: all parts of one rule. */
typedef struct gy_link_part {
  size_t field;
  int letters; /* 0: the whole normal form; n > 0: its first n letters; n < 0: its last -n; or GY_LINK_STEM */
} gy_link_part;

/* As the key of a part: the words of a name in alphabetical order, an address before its @, the last eight
 * digits of a phone; the whole of all else. */
enum { GY_LINK_STEM = 1000 };

typedef struct gy_link_rule {
  gy_link_part parts[GY_LINK_PARTS_MAX];
  size_t n_parts;
} gy_link_rule;

typedef struct gy_link_options {
  const gy_link_field *fields;
  size_t n_fields;
  const gy_link_rule *rules;
  size_t n_rules;
  double match_prob, review_prob; /* 0..1 exclusive, review at most match */
  bool one_to_one;                /* every record in one pair at most: the heaviest first */
  uint64_t block_pairs_max;       /* blocks with more are passed over and reported */
  uint64_t seed;                  /* of the random pairs */
  const gy_linkage *model;        /* m, u and match_share as given; NULL: fitted */
} gy_link_options;

/* Match from 0.99, review from 0.7, blocks of at most a million pairs. */
gy_link_options gy_link_defaults(const gy_link_field *fields, size_t n_fields, const gy_link_rule *rules,
                                 size_t n_rules);

typedef struct gy_linked_pair {
  uint32_t left, right; /* records; of one list left < right */
  float weight;         /* evidence in bits, without the prior */
  float probability;
  bool is_match; /* else for review */
} gy_linked_pair;

typedef struct gy_link_rule_report {
  uint64_t n_blocks, n_pairs;     /* compared, but for those of blocks passed over */
  uint64_t n_oversized, n_missed; /* blocks passed over, and their pairs */
  uint32_t example;               /* a record (of the left list) of the largest one passed over */
  double matches;                 /* expected among the rule's pairs */
  bool fitted;                    /* m was learned here */
} gy_link_rule_report;

typedef struct gy_link_result {
  gy_linked_pair *pairs; /* by left, then right */
  size_t n_pairs, n_matches;
  int8_t *levels; /* n_pairs x n_fields */
  float *weights; /* n_pairs x n_fields: bits that each field gave */
  size_t n_fields;
  gy_linkage model;
  bool m_assumed[GY_LINKAGE_FIELDS_MAX]; /* no rule could teach it: taken as 0.9 at the highest level */
  uint64_t n_candidates;                 /* distinct pairs compared */
  gy_link_rule_report rules[GY_LINK_RULES_MAX];
} gy_link_result;

/* Bytes that linking these lists plans to take, without the pairs that are kept. */
size_t gy_link_memory(const gy_link_list *left, const gy_link_list *right, const gy_link_options *options);

/* Links `left` with `right`, or with itself where `right` is NULL. GY_EUSAGE for options out of range,
 * GY_EDATA where there is nothing to compare, GY_ELIMIT beyond the budget, GY_ENOMEM, GY_ECANCELLED. Clear
 * the result after success. */
GY_MUST_USE gy_status gy_link_records(const gy_link_list *left, const gy_link_list *right,
                                      const gy_link_options *options, const gy_task *task,
                                      gy_link_result *result, gy_error *err);
void gy_link_result_clear(gy_link_result *result);

/* The level that two texts alone would get. */
int gy_link_level(gy_link_compare compare, const char *a, size_t n_a, const char *b, size_t n_b);

#ifdef __cplusplus
}
#endif
#endif
