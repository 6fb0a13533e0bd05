/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GYEOL_CLUSTER_CHOICE_RULE_H
#define GYEOL_CLUSTER_CHOICE_RULE_H

#include <gyeol/cluster_choice.h>

/* From choice->evidence (one or more) and elbow_k: k, reason, weak. */
void gy_k_decide(gy_k_choice *choice, double min_share);

/* From choice->evidence and inertia_of_one: elbow_k. */
void gy_k_find_elbow(gy_k_choice *choice);

#endif
