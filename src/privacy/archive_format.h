/* SPDX-License-Identifier: Apache-2.0
 *
 * What writer and reader of archives share: the layout of the header. */
#ifndef GYEOL_PRIVACY_ARCHIVE_FORMAT_H
#define GYEOL_PRIVACY_ARCHIVE_FORMAT_H

#include <sodium.h>

#include "privacy/archive.h"

#define GY_ARCHIVE_MAGIC "gyeol-archive\n"

enum {
  GY_ARCHIVE_VERSION = 1,
  GY_ARCHIVE_MAGIC_BYTES = sizeof GY_ARCHIVE_MAGIC - 1,
  GY_ARCHIVE_STREAM_AT = GY_ARCHIVE_MAGIC_BYTES + 2 + GY_ARCHIVE_SALT_BYTES + 8 + 8,
  GY_ARCHIVE_HEADER_BYTES = GY_ARCHIVE_STREAM_AT + crypto_secretstream_xchacha20poly1305_HEADERBYTES,
  GY_ARCHIVE_SEALED_BYTES = GY_ARCHIVE_BLOCK_BYTES + crypto_secretstream_xchacha20poly1305_ABYTES,
};

#endif
