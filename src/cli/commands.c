/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of commands, in the order that help shows them. */
#include "cli.h"

extern const cli_command CMD_DEMO, CMD_INIT, CMD_RUN, CMD_CHECK, CMD_CONTRACTS, CMD_SEGMENT, CMD_REPORT,
    CMD_REJECTS, CMD_DUPLICATES, CMD_RUNS, CMD_SQL, CMD_QUERY, CMD_RFM, CMD_CLUSTER, CMD_MODEL, CMD_SIMULATE,
    CMD_CONSENT, CMD_VAULT, CMD_AUDIT, CMD_IDENTITY, CMD_HELP;

const cli_command *const CLI_COMMANDS[] = {
    &CMD_DEMO,     &CMD_INIT,    &CMD_RUN,        &CMD_CHECK, &CMD_CONTRACTS, &CMD_SEGMENT,
    &CMD_REPORT,   &CMD_REJECTS, &CMD_DUPLICATES, &CMD_RUNS,  &CMD_SQL,       &CMD_QUERY,
    &CMD_IDENTITY, &CMD_RFM,     &CMD_CLUSTER,    &CMD_MODEL, &CMD_SIMULATE,  &CMD_CONSENT,
    &CMD_VAULT,    &CMD_AUDIT,   &CMD_HELP,       NULL,
};
