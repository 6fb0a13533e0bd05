/* SPDX-License-Identifier: Apache-2.0 */
#include "data/preparation_rule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const MISSING_NAMES[] = {
    [GY_MISSING_LEAVE] = "leave",   [GY_MISSING_DROP] = "drop",      [GY_MISSING_MEAN] = "mean",
    [GY_MISSING_MEDIAN] = "median", [GY_MISSING_MODE] = "mode",      [GY_MISSING_CONSTANT] = "constant",
    [GY_MISSING_OWN] = "own",       [GY_MISSING_PREDICT] = "predict"};

static const struct {
  const char *name;
  double at, most; /* what follows the colon: default, and below what; 0: nothing follows */
} OUTLIERS[] = {[GY_OUTLIERS_NONE] = {"none", 0, 0},     [GY_OUTLIERS_WINSORISE] = {"winsorise", 0.01, 0.5},
                [GY_OUTLIERS_LOG] = {"log", 0, 0},       [GY_OUTLIERS_ROBUST_Z] = {"robust-z", 3.5, 1e6},
                [GY_OUTLIERS_FLAG] = {"flag", 3.5, 1e6}, [GY_OUTLIERS_ISOLATE] = {"isolate", 0.001, 0.5}};

const char *gy_missing_name(gy_missing_way way) { return MISSING_NAMES[way]; }
const char *gy_outliers_name(gy_outlier_way way) { return OUTLIERS[way].name; }

gy_status gy_missing_parse(const char *text, gy_missing_text *missing, gy_error *err) {
  const char *colon = strchr(text, ':');
  size_t length = colon != NULL ? (size_t)(colon - text) : strlen(text);
  for (size_t way = 0; way < sizeof MISSING_NAMES / sizeof *MISSING_NAMES; way++) {
    if (strlen(MISSING_NAMES[way]) != length || memcmp(MISSING_NAMES[way], text, length) != 0) continue;
    bool is_constant = way == GY_MISSING_CONSTANT;
    if (is_constant == (colon != NULL && colon[1] != '\0')) {
      *missing = (gy_missing_text){(gy_missing_way)way, is_constant ? colon + 1 : NULL};
      return GY_OK;
    }
    if (is_constant) return gy_fail(err, GY_EUSAGE, "'%s' names no value; write it like constant:0", text);
  }
  return gy_fail(err, GY_EUSAGE,
                 "'%s' is no way to treat missing values; there are leave, drop, mean, median, mode, "
                 "constant:VALUE, own, predict",
                 text);
}

static gy_status read_at(const char *text, const char *number, size_t way, double *at, gy_error *err) {
  char *end;
  *at = strtod(number, &end);
  if (end != number && *end == '\0' && *at > 0 && *at < OUTLIERS[way].most) return GY_OK;
  return gy_fail(err, GY_EUSAGE, "'%s': after the colon comes a number above 0 and below %g, as in %s:%g",
                 text, OUTLIERS[way].most, OUTLIERS[way].name, OUTLIERS[way].at);
}

gy_status gy_outliers_parse(const char *text, gy_preparation_rule *rule, gy_error *err) {
  const char *colon = strchr(text, ':');
  size_t length = colon != NULL ? (size_t)(colon - text) : strlen(text);
  if (strncmp(text, "winsorize", length) == 0 && length == strlen("winsorize")) {
    rule->outliers = GY_OUTLIERS_WINSORISE;
    rule->at = OUTLIERS[GY_OUTLIERS_WINSORISE].at;
    return colon == NULL ? GY_OK : read_at(text, colon + 1, GY_OUTLIERS_WINSORISE, &rule->at, err);
  }
  for (size_t way = 0; way < sizeof OUTLIERS / sizeof *OUTLIERS; way++) {
    if (strlen(OUTLIERS[way].name) != length || memcmp(OUTLIERS[way].name, text, length) != 0) continue;
    if (colon != NULL && OUTLIERS[way].most == 0) break;
    rule->outliers = (gy_outlier_way)way;
    rule->at = OUTLIERS[way].at;
    return colon == NULL ? GY_OK : read_at(text, colon + 1, way, &rule->at, err);
  }
  return gy_fail(
      err, GY_EUSAGE,
      "'%s' is no way to treat outliers; there are none, winsorise:0.01, log, robust-z:3.5, flag:3.5, "
      "isolate:0.001",
      text);
}
