/* SPDX-License-Identifier: Apache-2.0
 *
 * A key from words: Argon2id over what is typed at the terminal without showing, or over the environment
 * variable GYEOL_PASSPHRASE where nobody types. */
#ifndef GYEOL_PRIVACY_PASSPHRASE_H
#define GYEOL_PRIVACY_PASSPHRASE_H

#include "privacy/key_source.h"

enum { GY_PASSPHRASE_LEAST = 8, GY_PASSPHRASE_MOST = 1024 };

/* `fresh`: it is being chosen, so it is asked for twice and must have GY_PASSPHRASE_LEAST bytes. */
GY_MUST_USE gy_status gy_passphrase_key(bool fresh, const gy_passphrase_cost *cost, uint8_t key[GY_KEY_BYTES],
                                        gy_error *err);

#endif
