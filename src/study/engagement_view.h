/* SPDX-License-Identifier: Apache-2.0
 *
 * Engagements come in two shapes: a row for everything that happened, named in a column, or a row a message
 * with columns that say whether or when it was opened and clicked. Both become the first: one row a message
 * sent, opened, clicked or converted, named 'send', 'open', 'click', 'conversion'. */
#ifndef GYEOL_STUDY_ENGAGEMENT_VIEW_H
#define GYEOL_STUDY_ENGAGEMENT_VIEW_H

#include "base/buffer.h"
#include "data/project_file.h"

/* Appends a SELECT over `rows`, the source's own SELECT with the canonical columns. Moments without an offset
 * are in the zone. Where only what came of messages has a column and no time of sending is there, the
 * sendings are another table's matter and get no rows. */
GY_MUST_USE gy_status gy_engagement_rows(const gy_source_config *source, const char *timezone,
                                         const char *rows, gy_buffer *sql, gy_error *err);

#endif
