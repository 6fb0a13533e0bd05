/* SPDX-License-Identifier: Apache-2.0
 *
 * The named segments. The usual published tables give overlapping ranges and leave gaps; here the boxes tile
 * the cube: recency says how warm a customer is, frequency how loyal, and money decides between neighbours.
 * Making a map checks the tiling cell by cell. */
#include <string.h>

#include <gyeol/rfm.h>

static const gy_rfm_segment SEGMENTS[] = {
    {"Champions", "최우수 고객", "Bought recently, buy often and spend the most",
     "최근에, 자주, 가장 많이 구매한 고객"},
    {"Loyal", "충성 고객", "Buy often and have not been away long", "자주 구매하며 오래 떠나 있지 않은 고객"},
    {"Potential Loyalist", "잠재 충성 고객", "Bought recently and more than once",
     "최근에 두 번 이상 구매한 고객"},
    {"New Customers", "신규 고객", "Bought for the first time, very recently",
     "아주 최근에 처음 구매한 고객"},
    {"Promising", "유망 고객", "Few orders, not long ago, worth a second one",
     "얼마 전 처음 구매해 재구매를 기대할 고객"},
    {"Need Attention", "관심 필요 고객", "Middling in recency and frequency; could go either way",
     "최근성과 빈도가 중간이라 어느 쪽으로도 갈 수 있는 고객"},
    {"About To Sleep", "휴면 직전 고객", "Few orders and some time ago; fading",
     "구매가 뜸해져 휴면에 가까운 고객"},
    {"At Risk", "이탈 위험 고객", "Bought often or well, but not for a long time",
     "자주 또는 많이 샀지만 오래 오지 않은 고객"},
    {"Can't Lose Them", "놓치면 안 될 고객", "Were among the best and have stayed away longest",
     "최우수급이었으나 가장 오래 오지 않은 고객"},
    {"Hibernating", "동면 고객", "Few orders, long ago", "오래전에 몇 번 구매한 고객"},
    {"Lost", "이탈 고객", "Lowest recency, few orders, little spend",
     "가장 오래전에 적게 구매하고 떠난 고객"},
};

static const gy_rfm_rule RULES[] = {
    /* segment             r     f     m */
    {"Champions", 4, 5, 4, 5, 4, 5},
    {"Loyal", 4, 5, 4, 5, 1, 3},
    {"Loyal", 3, 3, 4, 5, 1, 5},
    {"Potential Loyalist", 4, 5, 2, 3, 1, 5},
    {"New Customers", 5, 5, 1, 1, 1, 5},
    {"Promising", 4, 4, 1, 1, 1, 5},
    {"Promising", 3, 3, 1, 1, 3, 5},
    {"Need Attention", 3, 3, 2, 3, 1, 5},
    {"About To Sleep", 3, 3, 1, 1, 1, 2},
    {"About To Sleep", 2, 2, 1, 3, 1, 2},
    {"About To Sleep", 2, 2, 1, 1, 3, 3},
    {"At Risk", 2, 2, 2, 3, 3, 5},
    {"At Risk", 2, 2, 4, 5, 1, 5},
    {"At Risk", 1, 1, 4, 5, 1, 3},
    {"Can't Lose Them", 1, 1, 4, 5, 4, 5},
    {"Hibernating", 2, 2, 1, 1, 4, 5},
    {"Hibernating", 1, 1, 2, 3, 3, 5},
    {"Hibernating", 1, 1, 1, 1, 4, 5},
    {"Lost", 1, 1, 1, 3, 1, 2},
    {"Lost", 1, 1, 1, 1, 3, 3},
};

const gy_rfm_segment *gy_rfm_default_segments(size_t *n_segments) {
  *n_segments = sizeof SEGMENTS / sizeof *SEGMENTS;
  return SEGMENTS;
}

const gy_rfm_rule *gy_rfm_default_rules(size_t *n_rules) {
  *n_rules = sizeof RULES / sizeof *RULES;
  return RULES;
}

/* ---- checking a table of rules ---- */

enum { UNCOVERED = UINT8_MAX };

static size_t find_segment(const gy_rfm_segment *segments, size_t n_segments, const char *name) {
  size_t s = 0;
  while (s < n_segments && strcmp(segments[s].name, name) != 0) s++;
  return s;
}

static bool is_range(int min, int max) { return min >= 1 && min <= max && max <= GY_RFM_SCORES; }

static gy_status check_segments(const gy_rfm_segment *segments, size_t n, gy_error *err) {
  if (n == 0 || n > GY_RFM_MAX_SEGMENTS) {
    return gy_fail(err, GY_ECONFIG, "RFM needs 1 to %d segments, not %zu", GY_RFM_MAX_SEGMENTS, n);
  }
  for (size_t s = 0; s < n; s++) {
    if (find_segment(segments, n, segments[s].name) != s) {
      return gy_fail(err, GY_ECONFIG, "the RFM segment '%s' is given twice", segments[s].name);
    }
  }
  return GY_OK;
}

/* Marks the rule's cells; `rule_of` remembers who came first. */
static gy_status apply_rule(gy_rfm_map *map, const gy_rfm_rule *rules, size_t index,
                            uint8_t rule_of[GY_RFM_CELLS], gy_error *err) {
  const gy_rfm_rule *rule = &rules[index];
  size_t segment = find_segment(map->segments, map->n_segments, rule->segment);
  if (segment == map->n_segments) {
    return gy_fail(err, GY_ECONFIG, "RFM rule %zu is for '%s', which is no segment", index + 1,
                   rule->segment);
  }
  if (!is_range(rule->r_min, rule->r_max) || !is_range(rule->f_min, rule->f_max) ||
      !is_range(rule->m_min, rule->m_max)) {
    return gy_fail(err, GY_ECONFIG, "RFM rule %zu ('%s'): a range of scores must lie within 1 to 5",
                   index + 1, rule->segment);
  }
  for (int r = rule->r_min; r <= rule->r_max; r++) {
    for (int f = rule->f_min; f <= rule->f_max; f++) {
      for (int m = rule->m_min; m <= rule->m_max; m++) {
        size_t cell = gy_rfm_cell(r, f, m);
        if (map->cell[cell] != UNCOVERED) {
          return gy_fail(
              err, GY_ECONFIG,
              "the RFM cell r=%d f=%d m=%d is covered twice: by rule %d ('%s') and rule %zu ('%s')", r, f, m,
              rule_of[cell] + 1, rules[rule_of[cell]].segment, index + 1, rule->segment);
        }
        map->cell[cell] = (uint8_t)segment;
        rule_of[cell] = (uint8_t)index;
      }
    }
  }
  return GY_OK;
}

static gy_status check_covered(const gy_rfm_map *map, gy_error *err) {
  bool used[GY_RFM_MAX_SEGMENTS] = {false};
  for (int cell = 0; cell < GY_RFM_CELLS; cell++) {
    if (map->cell[cell] == UNCOVERED) {
      return gy_fail(err, GY_ECONFIG,
                     "no rule covers the RFM cell r=%d f=%d m=%d; every combination of scores needs one",
                     cell / 25 + 1, cell / 5 % 5 + 1, cell % 5 + 1);
    }
    used[map->cell[cell]] = true;
  }
  for (size_t s = 0; s < map->n_segments; s++) {
    if (!used[s]) return gy_fail(err, GY_ECONFIG, "the RFM segment '%s' has no rule", map->segments[s].name);
  }
  return GY_OK;
}

gy_status gy_rfm_map_init(gy_rfm_map *map, const gy_rfm_segment *segments, size_t n_segments,
                          const gy_rfm_rule *rules, size_t n_rules, gy_error *err) {
  gy_rfm_map made = {.n_segments = n_segments, .segments = segments};
  uint8_t rule_of[GY_RFM_CELLS] = {0};
  memset(made.cell, UNCOVERED, sizeof made.cell);
  gy_status status = check_segments(segments, n_segments, err);
  if (status == GY_OK && n_rules > GY_RFM_MAX_RULES) {
    status = gy_fail(err, GY_ECONFIG, "%zu RFM rules are given and %d suffice", n_rules, GY_RFM_MAX_RULES);
  }
  for (size_t i = 0; i < n_rules && status == GY_OK; i++) status = apply_rule(&made, rules, i, rule_of, err);
  if (status == GY_OK) status = check_covered(&made, err);
  if (status == GY_OK) *map = made;
  return status;
}
