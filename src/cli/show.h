/* SPDX-License-Identifier: Apache-2.0
 *
 * Pieces of results that several commands print. */
#ifndef GYEOL_CLI_SHOW_H
#define GYEOL_CLI_SHOW_H

#include <jansson.h>

/* A member's text, "" when absent. */
const char *show_text(const json_t *object, const char *key);

/* The table of segments: RFM segments first, then clusters. */
void show_segments(const json_t *segments);

/* What a preparation did to each column; nothing for NULL. */
void show_preparation(const json_t *preparation);

#endif
