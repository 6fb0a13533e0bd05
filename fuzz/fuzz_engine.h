/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_ENGINE_H
#define FUZZ_ENGINE_H

#include "engine/engine.h"

/* Rows that the source read last had. */
uint64_t fuzz_engine_rows(const gy_engine *engine);

#endif
