/* SPDX-License-Identifier: Apache-2.0
 *
 * This room's kernels, each compiled once an instruction set. */
#include "num/kd_kernel.h"
#include "num/product_kernel.h"
#include "num/simd_level.h"

GY_KERNEL_LIST(gy_kd_kernel, gy_kd, gy_kd_kernels)
GY_KERNEL_LIST(gy_product_kernel, gy_product, gy_product_kernels)
