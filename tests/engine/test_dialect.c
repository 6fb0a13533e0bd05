/* SPDX-License-Identifier: Apache-2.0 */
#include "engine_fixture.h"

#include <stdlib.h>
#include <string.h>

#include "engine/dialect.h"

Test(dialect, duckdb_forms_give_the_expected_values) {
  gy_engine *engine = memory_store(1);
  static const struct {
    gy_sql_form form;
    const char *a, *b, *value;
  } CASES[] = {
      {GY_SQL_LOCAL_TIME, "TIMESTAMP '2011-12-09 14:59:59'", "'Asia/Seoul'", "2011-12-09 23:59:59"},
      {GY_SQL_LOCAL_DAY, "TIMESTAMP '2011-12-09 14:59:59.999999'", "'Asia/Seoul'", "2011-12-09"},
      {GY_SQL_LOCAL_DAY, "TIMESTAMP '2011-12-09 15:00:00'", "'Asia/Seoul'", "2011-12-10"},
      {GY_SQL_LOCAL_HOUR, "TIMESTAMP '2011-12-09 15:00:00'", "'Asia/Seoul'", "0"},
      {GY_SQL_LOCAL_HOUR, "TIMESTAMP '2011-07-01 12:00:00'", "'Europe/London'", "13"},
      {GY_SQL_LOCAL_WEEKDAY, "TIMESTAMP '2011-12-11 14:00:00'", "'Asia/Seoul'", "7"},
      {GY_SQL_LOCAL_WEEKDAY, "TIMESTAMP '2011-12-11 15:00:00'", "'Asia/Seoul'", "1"},
      {GY_SQL_DAYS_BETWEEN, "TIMESTAMP '2011-12-07 15:52:00'", "TIMESTAMP '2011-12-10 12:50:00'", "2"},
      {GY_SQL_DAYS_BETWEEN, "TIMESTAMP '2011-12-09 12:50:00'", "TIMESTAMP '2011-12-10 12:50:00'", "1"},
      {GY_SQL_DAYS_BETWEEN, "TIMESTAMP '2011-12-09 12:50:00.000001'", "TIMESTAMP '2011-12-10 12:50:00'", "0"},
      {GY_SQL_DAYS_BETWEEN, "TIMESTAMP '2011-12-10 12:50:01'", "TIMESTAMP '2011-12-10 12:50:00'", "-1"},
      {GY_SQL_QUANTILE, "unnest", "0.25", "1.75"},
      {GY_SQL_APPROX_DISTINCT, "unnest", NULL, "4"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
    char *form = gy_dialect_sql(GY_DIALECT_DUCKDB, CASES[i].form, CASES[i].a, CASES[i].b), *sql = NULL;
    cr_assert_not_null(form);
    bool aggregate = strcmp(CASES[i].a, "unnest") == 0;
    cr_assert(asprintf(&sql, "SELECT CAST(%s AS VARCHAR)%s", form,
                       aggregate ? " FROM (SELECT unnest([1, 2, 3, 4]) AS unnest)" : "") > 0);
    assert_text(engine, sql, CASES[i].value);
    free(sql);
    free(form);
  }
  gy_engine_close(engine);
}

Test(dialect, every_form_exists_in_every_dialect) {
  for (int dialect = 0; dialect < GY_DIALECT_COUNT; dialect++)
    for (int form = 0; form < GY_SQL_FORM_COUNT; form++) {
      char *sql = gy_dialect_sql((gy_dialect)dialect, (gy_sql_form)form, "left_operand", "right_operand");
      cr_assert(sql != NULL && strstr(sql, "left_operand") != NULL, "dialect %d, form %d", dialect, form);
      free(sql);
    }
}
