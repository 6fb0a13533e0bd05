/* SPDX-License-Identifier: Apache-2.0
 *
 * How a column with a role is imported: its type, and whether a row can do without it. */
#ifndef GYEOL_DATA_ROLE_KINDS_H
#define GYEOL_DATA_ROLE_KINDS_H

#include "data/import.h"
#include "data/project_file_roles.h"
#include "privacy/identifier.h"

gy_import_kind gy_role_kind(gy_role role);

/* What a person is known by where a column has the role; false where it is nothing of that kind. */
bool gy_role_identifier(gy_role role, gy_identifier *kind);

/* A row of orders or events without a time can be in no feature; one of a customer or product table without
 * its id is nobody's. */
bool gy_role_is_required(gy_role role, gy_target target);

#endif
