/* SPDX-License-Identifier: Apache-2.0
 *
 * From source tables to the canonical ones. Each source is a relation of its own, named by
 * gy_source_relation, with canonical column names for its roles and its further columns under their own
 * names. Views put sources of one target below each other and fill in the canonical columns that no
 * source has:
 *
 *   order_items  order lines; where a project has order headers only, those are its lines
 *   orders       order headers, where there are lines too; the view order_lines joins them
 *   products     product sources; else what the lines say of their products
 *   customers    customer sources; else what the lines say of their customers
 *
 * and, each only where a source has it, events, engagements, reviews, surveys, consents, regions and market.
 * Sources of none of these stay relations of their own. Where keys say that customers are one person, or
 * whose rows without a customer are (people/identity.h), customer_id is the person's id; columns that are
 * keys of people stay in the sources. */
#ifndef GYEOL_STUDY_CANONICAL_VIEWS_H
#define GYEOL_STUDY_CANONICAL_VIEWS_H

#include "data/project_file.h"
#include "engine/engine.h"
#include "people/identity.h"

/* The relation that a source is imported into: gives the name, unquoted. NULL when memory is spent. */
char *gy_source_relation(const char *source_name);

typedef struct gy_canonical {
  gy_role_set items;  /* roles that order_items has values for */
  gy_role_set orders; /* roles of orders; 0: there is no such table */
  bool order_id_is_integer;
  char **attributes; /* further columns of order_items */
  size_t n_attributes;
} gy_canonical;

/* Makes the views over the imported relations, of people as `people` says. GY_ECONFIG when no source has
 * order lines or orders. Clear `canonical` in either case. */
GY_MUST_USE gy_status gy_canonical_create(gy_engine *engine, const gy_project_config *config,
                                          const gy_person_tables *people, const gy_task *task,
                                          gy_canonical *canonical, gy_error *err);
/* Makes the views of the tables beyond orders, customers and products, and drops those without a source. */
GY_MUST_USE gy_status gy_canonical_create_further(gy_engine *engine, const gy_project_config *config,
                                                  const gy_person_tables *people, const gy_task *task,
                                                  gy_error *err);
void gy_canonical_clear(gy_canonical *canonical);

#endif
