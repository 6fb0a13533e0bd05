/* SPDX-License-Identifier: Apache-2.0 */
#include "study/lifecycle_view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/civil.h"

const char *const GY_LIFECYCLE_NAMES[] = {"new", "active", "reactivated", "at risk", "lapsed", "lost"},
                  *const GY_LIFECYCLE_NAMES_KO[] = {"신규", "활성", "재활성", "휴면 위험", "휴면", "이탈"};

enum { MOMENT_CHARS = 64 };

static const int64_t DAY_US = INT64_C(86400000000);

/* "TIMESTAMP '2026-01-31 09:05:00.000000'" */
static const char *put_moment(int64_t us, char text[MOMENT_CHARS]) {
  int64_t day = us / DAY_US - (us % DAY_US < 0), rest = us - day * DAY_US, year;
  int month, of_month;
  gy_civil_date(day, &year, &month, &of_month);
  snprintf(text, MOMENT_CHARS, "TIMESTAMP '%04d-%02d-%02d %02d:%02d:%02d.%06d'", (int)year, month, of_month,
           (int)(rest / 3600000000), (int)(rest / 60000000 % 60), (int)(rest / 1000000 % 60),
           (int)(rest % 1000000));
  return text;
}

/* At most so many whole days ago is later than this. */
static const char *put_edge(int64_t now_us, uint32_t days, char text[MOMENT_CHARS]) {
  return put_moment(now_us - ((int64_t)days + 1) * DAY_US, text);
}

gy_status gy_lifecycle_show(const gy_run_context *run, int64_t now_us, gy_error *err) {
  const gy_lifecycle_config *l = &run->project.config.lifecycle;
  char now[MOMENT_CHARS], new_after[MOMENT_CHARS], active_after[MOMENT_CHARS], lapsed_after[MOMENT_CHARS],
      lost_after[MOMENT_CHARS], pause[MOMENT_CHARS], *sql = NULL;
  snprintf(pause, sizeof pause, "INTERVAL '%" PRIu32 " days'", l->lapsed_days + 1);
  const gy_sql_part parts[] = {{"orders", run->orders_sql},
                               {"now", put_moment(now_us, now)},
                               {"new_after", put_edge(now_us, l->new_days, new_after)},
                               {"active_after", put_edge(now_us, l->active_days, active_after)},
                               {"lapsed_after", put_edge(now_us, l->lapsed_days, lapsed_after)},
                               {"lost_after", put_edge(now_us, l->lost_days, lost_after)},
                               {"pause", pause}};
  gy_status status =
      gy_sql_expand(gy_sql("segment/lifecycle"), parts, sizeof parts / sizeof *parts, &sql, err);
  if (status == GY_OK) status = gy_engine_execute(run->project.engine, sql, NULL, 0, NULL, NULL, NULL, err);
  free(sql);
  return status;
}
