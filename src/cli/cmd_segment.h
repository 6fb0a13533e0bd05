/* SPDX-License-Identifier: Apache-2.0
 *
 * The verbs of `gyeol segment` about segments that the project defines itself. */
#ifndef GYEOL_CLI_CMD_SEGMENT_H
#define GYEOL_CLI_CMD_SEGMENT_H

#include "cli.h"

/* Each takes the command as it was given, its verb first. */
gy_status cli_segment_refresh(cli *context, gy_error *err);
gy_status cli_segment_check(cli *context, gy_error *err);
gy_status cli_segment_plan(cli *context, gy_error *err);
gy_status cli_segment_history(cli *context, gy_error *err);

gy_status cli_segment_import(cli *context, gy_error *err);
gy_status cli_segment_explain(cli *context, gy_error *err);
gy_status cli_segment_diff(cli *context, gy_error *err);
gy_status cli_segment_transitions(cli *context, gy_error *err);
gy_status cli_segment_overlap(cli *context, gy_error *err);

/* What `show` prints of such a segment before its features. */
void cli_segment_show_own(const json_t *segment);

#endif
