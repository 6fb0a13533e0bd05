/* SPDX-License-Identifier: Apache-2.0
 *
 * Events as customer-data platforms export them: a JSON object a call, in the form of the Segment tracking
 * specification (type, event, userId, anonymousId, messageId, timestamp, properties, context, integrations).
 */
#ifndef GYEOL_DATA_ROLE_GUESS_PLATFORM_H
#define GYEOL_DATA_ROLE_GUESS_PLATFORM_H

#include "data/role_guess_table.h"

/* Is it such an export, and of what visitors did? One of `identify` calls alone is about people. */
bool gy_guess_is_platform(const gy_guess_table *table);

/* What the name of a column says; of "properties.price" and "traits.email" the last part. */
gy_name_evidence gy_guess_path_evidence(const char *path);

/* Of the four times of a call `timestamp` is when it happened; without an `event`, `type` says what did. */
void gy_guess_platform_relate(gy_guess_table *table);

/* True for what such a platform says of its own work: integrations, libraries, addresses of devices. */
bool gy_guess_is_plumbing(const char *path);

/* Leaves those columns out that no role wanted. */
void gy_guess_platform_ignore(gy_guess_table *table);

#endif
