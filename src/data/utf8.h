/* SPDX-License-Identifier: Apache-2.0
 *
 * Is this UTF-8? (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.) */
#ifndef GYEOL_DATA_UTF8_H
#define GYEOL_DATA_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Length of the longest valid prefix; `length` when all of it is valid. */
size_t gy_utf8_valid_prefix(const char *text, size_t length);

/* The largest cut <= `length` that does not part a character of the valid text. */
size_t gy_utf8_cut(const char *text, size_t length);

#endif
