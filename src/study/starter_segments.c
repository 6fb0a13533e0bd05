/* SPDX-License-Identifier: Apache-2.0
 *
 * Each speaks of what every project has, orders, but for the abandoned cart, which wants events that say who
 * did what. Names of events differ between shops: those of the usual platforms stand in a list. */
#include "study/starter_segments.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/file.h"

typedef struct starter {
  const char *name, *ko, *en; /* of the file; titles */
  const char *remark_ko, *remark_en;
  const char *rule; /* from its key on */
  bool wants_events;
} starter;

static const starter STARTERS[] = {
    {"champions", "챔피언", "Champions",
     "# 최근에, 자주, 많이 산 고객입니다. RFM 세그먼트를 그대로 씁니다.\n"
     "# 이름을 바꾸려면 gyeol.yaml의 rfm.segments를 보세요.\n",
     "# Customers who bought lately, often and much: the RFM segment of that name.\n"
     "# RFM segments are set in gyeol.yaml, rfm.segments.\n",
     "rule: rfm = 'Champions'\n", false},
    {"at_risk", "이탈 위험", "At risk",
     "# 두 번 이상 샀지만 한동안 오지 않은 고객입니다.\n"
     "# 며칠부터인지는 gyeol.yaml의 lifecycle에서 정합니다 (기본 91일에서 180일).\n",
     "# Customers of two orders or more who have not come for a while.\n"
     "# How long is set in gyeol.yaml, lifecycle (by default 91 to 180 days).\n",
     "rule: orders >= 2 and lifecycle = 'at risk'\n", false},
    {"new_customers", "신규 고객", "New customers",
     "# 첫 주문을 한 지 얼마 되지 않은 고객입니다 (기본 30일, gyeol.yaml의 lifecycle.new_days).\n",
     "# Customers whose first order was lately (by default 30 days ago at most: lifecycle.new_days).\n",
     "rule: lifecycle = 'new'\n", false},
    {"one_time_buyers", "한 번만 산 고객", "One-time buyers",
     "# 한 번만 샀고 신규 고객도 아닌 사람입니다. 두 번째 주문을 이끌 대상입니다.\n",
     "# Customers of a single order who are not new any more: whom to win for a second one.\n",
     "rule: orders = 1 and lifecycle != 'new'\n", false},
    {"abandoned_cart", "장바구니 이탈", "Abandoned cart",
     "# 최근 30일 안에 장바구니에 담았지만 하루 안에 주문하지 않은 고객입니다.\n"
     "# 이벤트 이름이 다르면 목록을 고치세요: gyeol query 'SELECT DISTINCT event FROM events'\n",
     "# Customers who put something into the cart in the last 30 days and did not order within a day.\n"
     "# If your events have other names, change the list: gyeol query 'SELECT DISTINCT event FROM events'\n",
     "rule: >-\n"
     "  exists(events where event in ('Product Added', 'add_to_cart', 'AddToCart', 'addtocart', 'cart', "
     "'장바구니 담기')\n"
     "  without orders within 1 day, last 30 days)\n",
     true},
};

/* Somebody did something at some time. */
static bool has_events(const gy_project_config *config) {
  for (uint32_t s = 0; s < config->n_sources; s++) {
    const gy_source_config *source = &config->sources[s];
    bool who = false, what = source->event != NULL && source->event[0] != '\0', when = false;
    for (uint32_t c = 0; c < source->n_columns; c++) {
      who |= source->columns[c].role == GY_ROLE_CUSTOMER;
      what |= source->columns[c].role == GY_ROLE_EVENT;
      when |= source->columns[c].role == GY_ROLE_TIME;
    }
    if (source->target == GY_TARGET_EVENTS && who && what && when) return true;
  }
  return false;
}

static gy_status write_starter(const char *folder, const starter *s, bool korean, gy_error *err) {
  gy_buffer text;
  gy_buffer_init(&text, 1 << 16);
  gy_buffer_printf(&text, "%stitle: {ko: %s, en: %s}\n%stags: [starter]\n%s%s",
                   korean ? s->remark_ko : s->remark_en, s->ko, s->en,
                   korean ? "# owner: crm@example.com  # 담당자\n" : "# owner: crm@example.com\n",
                   korean ? "# purpose: marketing  # 내보낼 때 이 목적에 동의한 고객만 남깁니다\n"
                          : "# purpose: marketing  # exports then keep only who has agreed to it\n",
                   s->rule);
  char *file = NULL, *path = NULL;
  if (asprintf(&file, "%s.yaml", s->name) < 0) file = NULL;
  if (file != NULL) path = gy_path_join(folder, file);
  gy_status status = path != NULL && !text.failed
                         ? gy_file_replace(path, text.data, text.length, err)
                         : gy_fail(err, GY_ENOMEM, "no memory for the first segments");
  free(path);
  free(file);
  gy_buffer_clear(&text);
  return status;
}

gy_status gy_starter_segments_write(const char *dir, const gy_project_config *config, json_t **names,
                                    gy_error *err) {
  char *folder = gy_path_join(dir, "segments");
  json_t *written = json_array();
  gy_status status =
      folder != NULL && written != NULL ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory for the first segments");
  if (status == GY_OK && !gy_path_exists(folder)) {
    status = gy_dir_create(folder, err);
    for (size_t i = 0; i < sizeof STARTERS / sizeof *STARTERS && status == GY_OK; i++) {
      if (STARTERS[i].wants_events && !has_events(config)) continue;
      status = write_starter(folder, &STARTERS[i], config->language == GY_LANGUAGE_KO, err);
      if (status == GY_OK) json_array_append_new(written, json_string(STARTERS[i].name));
    }
  }
  if (status == GY_OK)
    *names = written;
  else
    json_decref(written);
  free(folder);
  return status;
}
