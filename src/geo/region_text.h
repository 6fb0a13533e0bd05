/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts of regions: composed as they are shown (NFC), folded as they are compared. */
#ifndef GYEOL_GEO_REGION_TEXT_H
#define GYEOL_GEO_REGION_TEXT_H

#include <stddef.h>

/* Bytes of a name that are read, and that either form may have with its NUL. */
enum { GY_REGION_TEXT_MAX = 256, GY_REGION_TEXT_ROOM = 1024 };

/* The text, up to GY_REGION_TEXT_MAX bytes of it, in NFC; what is no UTF-8 ends it. Gives its length. */
size_t gy_region_text_compose(const char *text, size_t length, char composed[GY_REGION_TEXT_ROOM]);

/* What is compared: NFKC without case, and of it letters and digits alone. Gives its length. Where `starts`
 * is there (GY_REGION_TEXT_ROOM of them), byte i of the key begins a word of the text where starts[i] is not
 * 0. */
size_t gy_region_text_fold(const char *text, size_t length, char key[GY_REGION_TEXT_ROOM],
                           unsigned char *starts);

#endif
