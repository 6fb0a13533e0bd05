/* SPDX-License-Identifier: Apache-2.0
 *
 * Expectation: each pattern's probability of being a match under the present m, u and share. Maximisation:
 * the share is their mean over pairs, m the frequencies of levels weighted by it, u those weighted by its
 * complement. Half a pair of every level is added to each frequency, so that a level that was not seen keeps
 * a finite weight. The likelihood never falls but for that half. */
#include <gyeol/record_linkage.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double SMOOTHING = 0.5;

gy_linkage_options gy_linkage_defaults(size_t n_fields, int levels) {
  gy_linkage_options options = {
      .n_fields = n_fields, .match_share = 0.05, .max_iterations = 500, .tolerance = 1e-7};
  for (size_t f = 0; f < n_fields && f < GY_LINKAGE_FIELDS_MAX; f++) options.levels[f] = levels;
  return options;
}

static gy_status check_options(const gy_linkage_options *options, gy_error *err) {
  if (options->n_fields < 1 || options->n_fields > GY_LINKAGE_FIELDS_MAX)
    return gy_fail(err, GY_EUSAGE, "record linkage: %zu fields; there may be 1 to %d", options->n_fields,
                   GY_LINKAGE_FIELDS_MAX);
  for (size_t f = 0; f < options->n_fields; f++) {
    if (options->levels[f] < 2 || options->levels[f] > GY_LINKAGE_LEVELS_MAX)
      return gy_fail(err, GY_EUSAGE, "record linkage: field %zu has %d levels; it may have 2 to %d", f,
                     options->levels[f], GY_LINKAGE_LEVELS_MAX);
  }
  if (!(options->match_share > 0 && options->match_share < 1))
    return gy_fail(err, GY_EUSAGE, "record linkage: match_share is %g; it must lie between 0 and 1",
                   options->match_share);
  if (options->max_iterations < 1 || !(options->tolerance >= 0))
    return gy_fail(err, GY_EUSAGE,
                   "record linkage: max_iterations (%d) must be 1 or more, tolerance (%g) 0 or more",
                   options->max_iterations, options->tolerance);
  return GY_OK;
}

static gy_status check_patterns(const int8_t *patterns, const double *counts, size_t n,
                                const gy_linkage_options *options, gy_error *err) {
  double known = 0;
  for (size_t i = 0; i < n; i++) {
    if (!(counts[i] >= 0) || !isfinite(counts[i]))
      return gy_fail(err, GY_EUSAGE, "record linkage: pattern %zu is counted %g times", i, counts[i]);
    for (size_t f = 0; f < options->n_fields; f++) {
      int8_t level = patterns[i * options->n_fields + f];
      if (level < GY_LEVEL_UNKNOWN || level >= options->levels[f])
        return gy_fail(err, GY_EUSAGE, "record linkage: pattern %zu has level %d in field %zu of %d levels",
                       i, level, f, options->levels[f]);
      if (level != GY_LEVEL_UNKNOWN) known += counts[i];
    }
  }
  return known > 0 ? GY_OK : gy_fail(err, GY_EDATA, "record linkage: no pair has a known field");
}

/* Matches begin at agreeing mostly, the others at disagreeing mostly: each level three times as likely as the
 * next. */
static void begin(const gy_linkage_options *options, gy_linkage *model) {
  *model = (gy_linkage){.n_fields = options->n_fields, .match_share = options->match_share};
  memcpy(model->levels, options->levels, sizeof model->levels);
  for (size_t f = 0; f < options->n_fields; f++) {
    int levels = options->levels[f];
    double total = 0;
    for (int l = 0; l < levels; l++) total += pow(3, l);
    for (int l = 0; l < levels; l++) {
      model->m[f][l] = pow(3, l) / total;
      model->u[f][l] = options->u != NULL ? fmax(options->u[f][l], DBL_MIN) : pow(3, levels - 1 - l) / total;
    }
  }
}

/* ln P(pattern | match) and ln P(pattern | no match). */
static void log_chances(const gy_linkage *model, const int8_t *pattern, double *match, double *other) {
  *match = *other = 0;
  for (size_t f = 0; f < model->n_fields; f++) {
    if (pattern[f] == GY_LEVEL_UNKNOWN) continue;
    *match += log(model->m[f][pattern[f]]);
    *other += log(model->u[f][pattern[f]]);
  }
}

/* The probability of a match, and the log-likelihood of the pattern. */
static double expect(const gy_linkage *model, const int8_t *pattern, double *log_likelihood) {
  double match, other;
  log_chances(model, pattern, &match, &other);
  match += log(model->match_share);
  other += log1p(-model->match_share);
  double most = fmax(match, other);
  *log_likelihood = most + log(exp(match - most) + exp(other - most));
  return exp(match - *log_likelihood);
}

typedef double level_sums[GY_LINKAGE_FIELDS_MAX][GY_LINKAGE_LEVELS_MAX];

/* Frequencies to probabilities; the largest change of one. */
static double normalise(const gy_linkage_options *options, level_sums sums, level_sums probabilities) {
  double moved = 0;
  for (size_t f = 0; f < options->n_fields; f++) {
    double total = 0;
    for (int l = 0; l < options->levels[f]; l++) total += sums[f][l] + SMOOTHING;
    for (int l = 0; l < options->levels[f]; l++) {
      double now = (sums[f][l] + SMOOTHING) / total;
      moved = fmax(moved, fabs(now - probabilities[f][l]));
      probabilities[f][l] = now;
    }
  }
  return moved;
}

/* One round; gives the largest change. */
static double iterate(const int8_t *patterns, const double *counts, size_t n,
                      const gy_linkage_options *options, gy_linkage *model) {
  level_sums of_matches = {{0}}, of_others = {{0}};
  double matches = 0, pairs = 0;
  model->log_likelihood = 0;
  for (size_t i = 0; i < n; i++) {
    const int8_t *pattern = patterns + i * options->n_fields;
    double log_likelihood, probability = expect(model, pattern, &log_likelihood);
    model->log_likelihood += counts[i] * log_likelihood;
    matches += counts[i] * probability;
    pairs += counts[i];
    for (size_t f = 0; f < options->n_fields; f++) {
      if (pattern[f] == GY_LEVEL_UNKNOWN) continue;
      of_matches[f][pattern[f]] += counts[i] * probability;
      of_others[f][pattern[f]] += counts[i] * (1 - probability);
    }
  }
  double share = (matches + SMOOTHING) / (pairs + 2 * SMOOTHING), moved = fabs(share - model->match_share);
  model->match_share = share;
  moved = fmax(moved, normalise(options, of_matches, model->m));
  return options->u != NULL ? moved : fmax(moved, normalise(options, of_others, model->u));
}

/* The mean level of agreement, in shares of the highest. */
static double agreement(const gy_linkage *model, level_sums probabilities) {
  double sum = 0;
  for (size_t f = 0; f < model->n_fields; f++)
    for (int l = 1; l < model->levels[f]; l++) sum += l * probabilities[f][l] / (model->levels[f] - 1);
  return sum;
}

static void swap_classes(gy_linkage *model) {
  level_sums matches;
  memcpy(matches, model->m, sizeof matches);
  memcpy(model->m, model->u, sizeof matches);
  memcpy(model->u, matches, sizeof matches);
  model->match_share = 1 - model->match_share;
}

gy_status gy_linkage_fit(const int8_t *patterns, const double *counts, size_t n_patterns,
                         const gy_linkage_options *options, const gy_task *task, gy_linkage *model,
                         gy_error *err) {
  gy_linkage found;
  gy_status status = check_options(options, err);
  if (status == GY_OK) status = check_patterns(patterns, counts, n_patterns, options, err);
  if (status != GY_OK) return status;
  begin(options, &found);
  while (!found.converged && found.iterations < options->max_iterations) {
    status = gy_task_check(task, err);
    if (status != GY_OK) return status;
    found.converged = iterate(patterns, counts, n_patterns, options, &found) <= options->tolerance;
    found.iterations++;
  }
  if (options->u == NULL && agreement(&found, found.m) < agreement(&found, found.u)) swap_classes(&found);
  *model = found;
  return GY_OK;
}

double gy_linkage_weight(const gy_linkage *model, const int8_t *pattern) {
  double match, other;
  log_chances(model, pattern, &match, &other);
  return (match - other) / log(2);
}

double gy_linkage_probability(const gy_linkage *model, const int8_t *pattern) {
  double log_likelihood;
  return expect(model, pattern, &log_likelihood);
}

double gy_linkage_threshold(const gy_linkage *model, double probability) {
  double odds = log(probability) - log1p(-probability);
  return (odds - log(model->match_share) + log1p(-model->match_share)) / log(2);
}
