/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is one person, in memory: keys are nodes, rows that show two keys together are links.
 *
 *   1. automatic   connected components of the links. One that is too large, or has too many keys of a kind,
 * loses its least trusted links, kind after kind, until it fits; what never fits falls apart whole.
 *   2. together    the same with decisions by hand: joins hold, parted keys stay apart, a pinned key belongs
 *                  where it was pinned. Where keys must stay apart, links are added from the most trusted and
 *                  most frequent one on, and one that would bring parted keys together is left out.
 *
 * Nodes are numbered kind after kind, customers first, in a natural order of their keys; so nothing below
 * depends on the order in which rows or links come. */
#ifndef GYEOL_PEOPLE_IDENTITY_GRAPH_H
#define GYEOL_PEOPLE_IDENTITY_GRAPH_H

#include <gyeol/components.h>

#include "data/project_file_identity.h"

typedef enum gy_link_state {
  GY_LINK_USED,
  GY_LINK_TOO_LARGE, /* left out: the person would have been too large */
  GY_LINK_APART,     /* left out: keys were parted by hand */
  GY_LINK_PINNED,    /* left out: one key was pinned elsewhere */
} gy_link_state;

/* Of a link between nodes: how much it is trusted (0 most) and on how many rows it rests. */
typedef struct gy_link_weight {
  uint32_t rank;
  uint32_t rows;
} gy_link_weight;

typedef struct gy_identity_graph {
  size_t n_nodes;
  uint32_t begin[GY_KEY_COUNT + 1]; /* nodes of kind k: begin[k] .. begin[k + 1] - 1 */
  const gy_link *links;
  const gy_link_weight *weights;
  size_t n_links;
  uint32_t n_ranks;
  const gy_identity_config *config;
  const gy_link *joins, *parts, *pins; /* by hand; of a pin: the person's key, the pinned key */
  size_t n_joins, n_parts, n_pins;
  /* A customer: the lowest that says the same of itself. Against the limit of a person's customers these are
   * counted; NULL: all are. */
  const uint32_t *voices;
} gy_identity_graph;

/* Labels of 0.. in the order of their lowest nodes, one a node, and one state a link; all the caller's. */
typedef struct gy_identity_labels {
  uint32_t *automatic, *together; /* n_nodes each */
  uint8_t *states;                /* n_links, gy_link_state */
  size_t n_automatic, n_together;
  size_t n_too_large; /* components that lost links */
} gy_identity_labels;

/* GY_ENOMEM, GY_ECANCELLED. Cost: that of the components, at most once a rank more where something is too
 * large. */
GY_MUST_USE gy_status gy_identity_label(const gy_identity_graph *graph, const gy_task *task,
                                        gy_identity_labels *labels, gy_error *err);

/* ---- names that stay ---- */

enum { GY_NO_PERSON = -1 };

/* Persons are numbers: a customer's node stands for its own id, others follow from n_customers on. */
typedef struct gy_identity_names {
  size_t n_nodes, n_customers; /* nodes below n_customers are customers */
  const int32_t *before;       /* a node: the person it belonged to; GY_NO_PERSON */
  const int32_t *fallback;     /* a node: a person's id that it had once; used by those who have no other */
  const uint8_t *usable;       /* an id from n_customers on: no customer of that id is in the data */
  const uint8_t *is_guest;     /* the same: "guest-N" */
  const uint8_t *is_held;      /* the same: taken already, no fallback; NULL: none */
  size_t n_others;
  const uint8_t *is_lost; /* a node: cut off as too much was linked with it; it names no guest */
  bool guests;            /* whether people without a customer id are people */
} gy_identity_names;

/* Names each of n components. A person keeps its id while most of its keys are together, and an id that is a
 * customer's is never anybody else's. Where people come together the id that most keys had stays (of equal
 * ones the lower); where they part, the one with the customer of that name keeps it, else the one with most
 * keys. New guests are numbered from n_customers + n_others in the order of components. `persons` (n):
 * GY_NO_PERSON where a component is none. */
GY_MUST_USE gy_status gy_identity_name(const gy_identity_names *names, const uint32_t *labels, size_t n,
                                       int32_t *persons, size_t *n_new, gy_error *err);

#endif
