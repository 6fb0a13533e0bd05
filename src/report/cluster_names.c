/* SPDX-License-Identifier: Apache-2.0
 *
 * Each feature with a word belongs to a topic (how often, how recently, how much, ...). Per topic the
 * feature that lies farthest from the mean speaks; the topics that lie farthest make the name. Topics
 * beyond frequency, recency and spend count a little less, so that a name starts with what everybody
 * understands when it is as good as the rest. */
#include "report/cluster_names.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* In the order in which traits stand in a name. */
typedef enum topic {
  FREQUENCY,
  RECENCY,
  SPEND,
  BASKET,
  TENURE,
  TREND,
  RANGE,
  DISCOUNT,
  RETURNS,
  PACE,
  WEEKEND,
  DAY_PART,
  N_TOPICS
} topic;

typedef struct words {
  const char *ko, *en;
} words;

typedef struct vocabulary {
  const char *feature;
  topic topic;
  words low, high;
} vocabulary;

static const vocabulary VOCABULARY[] = {
    {"orders", FREQUENCY, {"드문 구매", "occasional"}, {"자주 구매", "frequent"}},
    {"recency_days", RECENCY, {"최근 구매", "recent"}, {"오래전 구매", "lapsed"}},
    {"monetary", SPEND, {"적은 지출", "low spend"}, {"많은 지출", "high spend"}},
    {"average_order_value", BASKET, {"작은 주문", "small orders"}, {"큰 주문", "large orders"}},
    {"basket_lines", BASKET, {"적은 품목", "few items an order"}, {"많은 품목", "many items an order"}},
    {"basket_quantity", BASKET, {"적은 수량", "few units an order"}, {"많은 수량", "many units an order"}},
    {"tenure_days", TENURE, {"새 고객", "new"}, {"오랜 고객", "long-standing"}},
    {"trend", TREND, {"줄어드는 구매", "declining"}, {"늘어나는 구매", "growing"}},
    {"products", RANGE, {"한정된 상품", "few products"}, {"다양한 상품", "many products"}},
    {"categories", RANGE, {"한정된 분류", "few categories"}, {"다양한 분류", "many categories"}},
    {"discount_share", DISCOUNT, {"정가 구매", "full price"}, {"할인 선호", "discount-seeking"}},
    {"discounted_line_share",
     DISCOUNT,
     {"드문 할인", "rarely discounted"},
     {"잦은 할인", "often discounted"}},
    {"return_rate", RETURNS, {"적은 반품", "few returns"}, {"잦은 반품", "many returns"}},
    {"days_between_orders_mean", PACE, {"짧은 주기", "short intervals"}, {"긴 주기", "long intervals"}},
    {"days_between_orders_sd", PACE, {"규칙적인 주기", "regular"}, {"불규칙한 주기", "irregular"}},
    {"weekend_share", WEEKEND, {"평일 구매", "on weekdays"}, {"주말 구매", "on weekends"}},
    {"night_share", DAY_PART, {NULL, NULL}, {"심야 구매", "at night"}},
    {"morning_share", DAY_PART, {NULL, NULL}, {"오전 구매", "in the morning"}},
    {"afternoon_share", DAY_PART, {NULL, NULL}, {"오후 구매", "in the afternoon"}},
    {"evening_share", DAY_PART, {NULL, NULL}, {"저녁 구매", "in the evening"}},
};
enum { N_WORDS = sizeof VOCABULARY / sizeof *VOCABULARY };

static const double OTHER_TOPIC_WEIGHT = 0.8;

/* How much a name tells; clusters that share a name move on to the next. */
static const struct {
  double threshold;
  size_t n_traits;
  bool strength;
} DETAIL[] = {{0.4, 3, false}, {0.4, 3, true}, {0.25, 4, true}, {0.1, 5, true}, {0.02, 6, true}};
enum { N_DETAILS = sizeof DETAIL / sizeof *DETAIL };

typedef struct trait {
  double z, weight;
  const vocabulary *entry;
} trait;

static size_t find_word(const char *feature) {
  size_t i = 0;
  while (i < N_WORDS && strcmp(VOCABULARY[i].feature, feature) != 0) i++;
  return i;
}

/* Puts the farthest feature of each topic into `traits`; of equal ones the first in the vocabulary. */
static void collect_traits(const char *const *features, size_t n_features, const double *z,
                           trait traits[N_TOPICS]) {
  double value[N_WORDS] = {0};
  for (size_t i = 0; i < n_features; i++) {
    size_t word = find_word(features[i]);
    if (word < N_WORDS && isfinite(z[i])) value[word] = z[i];
  }
  memset(traits, 0, N_TOPICS * sizeof *traits);
  for (size_t i = 0; i < N_WORDS; i++) {
    const vocabulary *entry = &VOCABULARY[i];
    if (value[i] < 0 && entry->low.en == NULL) continue;
    double weight = fabs(value[i]) * (entry->topic <= SPEND ? 1.0 : OTHER_TOPIC_WEIGHT);
    if (weight > traits[entry->topic].weight) traits[entry->topic] = (trait){value[i], weight, entry};
  }
}

/* Marks the strongest topics that a name of this detail tells. */
static void choose_topics(const trait traits[N_TOPICS], size_t detail, bool chosen[N_TOPICS]) {
  memset(chosen, 0, N_TOPICS * sizeof *chosen);
  for (size_t n = 0; n < DETAIL[detail].n_traits; n++) {
    size_t best = N_TOPICS;
    for (size_t t = 0; t < N_TOPICS; t++) {
      bool stands_out = !chosen[t] && fabs(traits[t].z) >= DETAIL[detail].threshold;
      if (stands_out && (best == N_TOPICS || traits[t].weight > traits[best].weight)) best = t;
    }
    if (best == N_TOPICS) return;
    chosen[best] = true;
  }
}

static void append(char text[GY_CLUSTER_NAME_MAX], const char *separator, const char *grade,
                   const char *word) {
  size_t length = strlen(text);
  int written = snprintf(text + length, GY_CLUSTER_NAME_MAX - length, "%s%s%s", length > 0 ? separator : "",
                         grade, word);
  assert(written >= 0 && length + (size_t)written < GY_CLUSTER_NAME_MAX);
}

static const words *strength_of(double z) {
  static const words GRADES[] = {{"조금 ", "slightly "}, {"", ""}, {"매우 ", "very "}};
  double size = fabs(z);
  return &GRADES[size < 0.4 ? 0 : size < 1.25 ? 1 : 2];
}

static void write_name(const trait traits[N_TOPICS], size_t detail, gy_cluster_name *name) {
  bool chosen[N_TOPICS];
  choose_topics(traits, detail, chosen);
  *name = (gy_cluster_name){.ko = "", .en = ""};
  for (size_t t = 0; t < N_TOPICS; t++) {
    if (!chosen[t]) continue;
    const words *word = traits[t].z > 0 ? &traits[t].entry->high : &traits[t].entry->low;
    const words *grade = DETAIL[detail].strength ? strength_of(traits[t].z) : &(words){"", ""};
    append(name->ko, " · ", grade->ko, word->ko);
    append(name->en, ", ", grade->en, word->en);
  }
  if (name->en[0] == '\0') *name = (gy_cluster_name){.ko = "평균에 가까운 고객", .en = "close to average"};
  if (name->en[0] >= 'a' && name->en[0] <= 'z') name->en[0] = (char)(name->en[0] - 'a' + 'A');
}

static bool same(const gy_cluster_name *a, const gy_cluster_name *b) {
  return strcmp(a->ko, b->ko) == 0 || strcmp(a->en, b->en) == 0;
}

static bool is_shared(const gy_cluster_name *names, size_t n, size_t i) {
  for (size_t j = 0; j < n; j++) {
    if (j != i && same(&names[i], &names[j])) return true;
  }
  return false;
}

/* Gives every cluster whose name is shared a name of the next detail; false when none was. */
static bool refine(const char *const *features, size_t n_features, const double *z, size_t n, size_t detail,
                   gy_cluster_name *names) {
  bool shared[GY_CLUSTER_NAMES_MAX];
  bool any = false;
  for (size_t i = 0; i < n; i++) any |= shared[i] = is_shared(names, n, i);
  for (size_t i = 0; i < n; i++) {
    trait traits[N_TOPICS];
    if (!shared[i]) continue;
    collect_traits(features, n_features, z + i * n_features, traits);
    write_name(traits, detail, &names[i]);
  }
  return any;
}

/* What no trait tells apart is numbered. No trait ends in a digit, so a numbered name is new. */
static void number_shared(gy_cluster_name *names, size_t n) {
  for (size_t i = 0; i < n; i++) {
    gy_cluster_name plain = names[i];
    unsigned number = 1;
    for (size_t j = i + 1; j < n; j++) {
      char text[16];
      if (!same(&plain, &names[j])) continue;
      snprintf(text, sizeof text, " %u", ++number);
      append(names[j].ko, "", text, "");
      append(names[j].en, "", text, "");
    }
    if (number > 1) {
      append(names[i].ko, "", " 1", "");
      append(names[i].en, "", " 1", "");
    }
  }
}

gy_status gy_cluster_names(const char *const *features, size_t n_features, const double *z, size_t n_clusters,
                           gy_cluster_name *names, gy_error *err) {
  if (n_clusters == 0 || n_clusters > GY_CLUSTER_NAMES_MAX) {
    return gy_fail(err, GY_EUSAGE, "cluster names: %zu clusters were given; 1 to %d can be named", n_clusters,
                   GY_CLUSTER_NAMES_MAX);
  }
  memset(names, 0, n_clusters * sizeof *names);
  for (size_t i = 0; i < n_clusters; i++) {
    trait traits[N_TOPICS];
    collect_traits(features, n_features, z + i * n_features, traits);
    write_name(traits, 0, &names[i]);
  }
  for (size_t detail = 1; detail < N_DETAILS; detail++) {
    if (!refine(features, n_features, z, n_clusters, detail, names)) return GY_OK;
  }
  number_shared(names, n_clusters);
  return GY_OK;
}
