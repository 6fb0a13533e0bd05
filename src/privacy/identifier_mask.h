/* SPDX-License-Identifier: Apache-2.0
 *
 * Identifiers as they may be shown. */
#ifndef GYEOL_PRIVACY_IDENTIFIER_MASK_H
#define GYEOL_PRIVACY_IDENTIFIER_MASK_H

#include "privacy/identifier.h"

/* Writes `text` with little left of it: "h***@g***.com". Gives the bytes written; `room` of n + 16 is enough.
 */
size_t gy_identifier_mask(gy_identifier kind, const char *text, size_t n, char *out, size_t room);

/* Writes free text with every identifier in it as its kind in brackets, "[email]", and adds what was found to
 * `found`. Gives the bytes written; room for GY_MASKED_MAX(n) is enough. */
#define GY_MASKED_MAX(n) (3 * (n) + 32)
size_t gy_identifier_mask_text(const char *text, size_t n, char *out, size_t room,
                               size_t found[GY_IDENTIFIER_COUNT]);

#endif
