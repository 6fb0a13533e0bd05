/* SPDX-License-Identifier: Apache-2.0
 *
 * Is a text anywhere in the files of a folder? Its forms are looked for as bytes: as it is, in lower case, in
 * UTF-16 of either order, and inside base64 at any of its three alignments. */
#ifndef TEST_BYTE_SEARCH_H
#define TEST_BYTE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

/* Looks through a file, or a folder with all below it. `where` (may be NULL) tells the first hit: "utf-16le
 * in PATH at 1234". Texts of fewer than 4 bytes are no evidence and are never found; a path that cannot be
 * read ends the process. */
bool byte_search(const char *path, const char *text, char *where, size_t room);

/* The same for any of several; `n` texts. `which` (may be NULL) receives the number of the one that was
 * found. */
bool byte_search_any(const char *path, const char *const *texts, size_t n, size_t *which, char *where,
                     size_t room);

#endif
