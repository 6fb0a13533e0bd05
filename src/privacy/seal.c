/* SPDX-License-Identifier: Apache-2.0 */
#include "privacy/seal.h"

#include <string.h>

#include "privacy/box.h"
#include "privacy/pack.h"

enum { NUMBER_BYTES = 4, PLACE_MOST = 64 };

static const char PREFIX[] = "sealed:";
enum { PREFIX_CHARS = sizeof PREFIX - 1, BASE64 = sodium_base64_VARIANT_ORIGINAL };

typedef struct {
  uint8_t bytes[GY_VAULT_ID_BYTES + PLACE_MOST];
  size_t length;
} box_place;

static box_place place_of(const gy_key_ring *ring, const char *name) {
  box_place place = {.length = GY_VAULT_ID_BYTES + strlen(name)};
  memcpy(place.bytes, gy_key_ring_vault_id(ring), GY_VAULT_ID_BYTES);
  memcpy(place.bytes + GY_VAULT_ID_BYTES, name, strlen(name));
  return place;
}

gy_status gy_seal_bytes(const gy_key_ring *ring, const char *place, const void *bytes, size_t n,
                        gy_buffer *out, gy_error *err) {
  uint32_t number = gy_key_ring_newest_seal(ring);
  box_place at = place_of(ring, place);
  if (gy_pack_u32(out, number) &&
      gy_box_seal(gy_key_ring_seal_key(ring, number), at.bytes, at.length, bytes, n, out))
    return GY_OK;
  return gy_fail(err, GY_ENOMEM, "no memory to seal %zu bytes", n);
}

gy_status gy_unseal_bytes(const gy_key_ring *ring, const char *place, const void *sealed, size_t n,
                          gy_buffer *out, gy_error *err) {
  gy_unpack from = {.at = sealed, .left = n};
  const uint8_t *key = gy_key_ring_seal_key(ring, gy_unpack_u32(&from));
  box_place at = place_of(ring, place);
  if (from.failed || key == NULL) return GY_ECORRUPT;
  if (gy_box_open(key, at.bytes, at.length, from.at, from.left, out)) return GY_OK;
  return out->failed ? gy_fail(err, GY_ENOMEM, "no memory to open %zu sealed bytes", n) : GY_ECORRUPT;
}

bool gy_text_is_sealed(const char *text, size_t n) {
  return n > PREFIX_CHARS && memcmp(text, PREFIX, PREFIX_CHARS) == 0;
}

gy_status gy_seal_text(const gy_key_ring *ring, const char *text, size_t n, gy_buffer *out, gy_error *err) {
  gy_buffer box;
  gy_buffer_init(&box, n + NUMBER_BYTES + GY_BOX_EXTRA_BYTES + 256);
  gy_status status = gy_seal_bytes(ring, "text", text, n, &box, err);
  size_t room = status == GY_OK ? sodium_base64_ENCODED_LEN(box.length, BASE64) : 0;
  if (status == GY_OK && !gy_buffer_reserve(out, PREFIX_CHARS + room))
    status = gy_fail(err, GY_ENOMEM, "no memory to seal %zu bytes", n);
  if (status == GY_OK) {
    gy_buffer_text(out, PREFIX);
    sodium_bin2base64(out->data + out->length, room, (const uint8_t *)box.data, box.length, BASE64);
    out->length += room - 1;
  }
  gy_buffer_clear(&box);
  return status;
}

gy_status gy_unseal_text(const gy_key_ring *ring, const char *sealed, size_t n, gy_buffer *out,
                         gy_error *err) {
  gy_buffer box;
  gy_buffer_init(&box, n + 256);
  gy_status status = gy_text_is_sealed(sealed, n) ? GY_OK : GY_ECORRUPT;
  size_t length = 0;
  if (status == GY_OK && !gy_buffer_reserve(&box, n))
    status = gy_fail(err, GY_ENOMEM, "no memory to open a sealed text");
  if (status == GY_OK && sodium_base642bin((uint8_t *)box.data, n, sealed + PREFIX_CHARS, n - PREFIX_CHARS,
                                           NULL, &length, NULL, BASE64) != 0)
    status = GY_ECORRUPT;
  if (status == GY_OK) status = gy_unseal_bytes(ring, "text", box.data, length, out, err);
  gy_buffer_clear(&box);
  if (status == GY_ECORRUPT)
    gy_fail(err, GY_ECORRUPT, "a sealed text was changed, or is of another vault than %s",
            gy_key_ring_folder(ring));
  return status;
}
