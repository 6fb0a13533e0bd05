/* SPDX-License-Identifier: Apache-2.0
 *
 * The schema that queries are prepared against has the columns of the canonical tables, in their order. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "engine/engine.h"
#include "study/canonical_tables.h"

static gy_engine *open_schema(void) {
  gy_engine *engine = NULL;
  gy_error err = {0};
  const gy_sql_part ids[] = {{"customer_id", "VARCHAR"}, {"order_id", "VARCHAR"}, {"product_id", "VARCHAR"}};
  char *schema = NULL;
  cr_assert_eq(gy_engine_open(&(gy_engine_options){0}, &engine, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_sql_expand(gy_sql("schema/0002_canonical"), ids, 3, &schema, &err), GY_OK, "%s", err.text);
  cr_assert_eq(gy_engine_execute(engine, schema, NULL, 0, NULL, NULL, NULL, &err), GY_OK, "%s", err.text);
  free(schema);
  return engine;
}

static const char *type_of(const gy_canonical_column *column) {
  return column->type == NULL                             ? "VARCHAR"
         : strcmp(column->type, GY_CANONICAL_NUMBER) == 0 ? "DECIMAL(18,4)"
                                                          : column->type;
}

Test(canonical_tables, the_schema_has_their_columns) {
  gy_engine *engine = open_schema();
  for (gy_target target = GY_TARGET_EVENTS; target < GY_TARGET_OTHER; target++) {
    gy_buffer expected;
    gy_buffer_init(&expected, 4096);
    for (const gy_canonical_column *c = gy_canonical_columns(target); c->name != NULL; c++)
      gy_buffer_printf(&expected, "%s %s\n", c->name, type_of(c));
    gy_value table = gy_bind_text(gy_target_name(target));
    char *found = NULL;
    gy_error err = {0};
    cr_assert_eq(gy_engine_text(engine,
                                "SELECT string_agg(column_name || ' ' || data_type || chr(10), '' ORDER BY "
                                "ordinal_position) FROM information_schema.columns WHERE table_name = $1",
                                &table, 1, &found, &err),
                 GY_OK, "%s", err.text);
    cr_expect_str_eq(found, expected.data, "%s:\n%s\nnot\n%s", gy_target_name(target), found, expected.data);
    free(found);
    gy_buffer_clear(&expected);
  }
  gy_engine_close(engine);
}

Test(canonical_tables, every_role_of_a_table_has_a_column_or_is_kept_under_its_own) {
  for (gy_target target = 0; target < GY_TARGET_OTHER; target++) {
    gy_role_set any, needs = gy_target_needs(target, &any);
    for (gy_role role = 0; role < GY_ROLE_COUNT; role++) {
      bool needed = ((needs | any) & GY_ROLE_BIT(role)) != 0;
      cr_expect(!needed || gy_role_fits(role, target), "%s needs %s, which does not fit",
                gy_target_name(target), gy_role_name(role));
      for (gy_role other = 0; other < role; other++) {
        const char *a = gy_role_column(role, target), *b = gy_role_column(other, target);
        bool both = gy_role_fits(role, target) && gy_role_fits(other, target) && a != NULL && b != NULL;
        cr_expect(!both || strcmp(a, b) != 0, "%s: %s and %s share %s", gy_target_name(target),
                  gy_role_name(role), gy_role_name(other), a);
      }
    }
  }
}
