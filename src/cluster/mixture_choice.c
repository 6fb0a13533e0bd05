/* SPDX-License-Identifier: Apache-2.0
 *
 * Model choice for Gaussian mixtures: fits of every number of clusters with every type of covariance,
 * compared by an information criterion. The best so far is kept; only when the winner's rows are wanted are
 * they judged, once, at the end. */
#include <math.h>
#include <stdlib.h>

#include <gyeol/mixture.h>

gy_mixture_choice_options gy_mixture_choice_defaults(void) {
  gy_mixture_choice_options options = {.fit = gy_mixture_defaults(1), .k_min = 1, .k_max = 10};
  options.fit.n_starts = 3;
  options.covariances = (1u << GY_COVARIANCE_COUNT) - 1;
  options.criterion = GY_MIXTURE_BIC;
  return options;
}

static double criterion_of(const gy_mixture_candidate *candidate, gy_mixture_criterion criterion) {
  if (criterion == GY_MIXTURE_ICL) return candidate->icl;
  return criterion == GY_MIXTURE_AIC ? candidate->aic : candidate->bic;
}

static bool is_better(const gy_mixture_candidate *a, const gy_mixture_candidate *b,
                      gy_mixture_criterion criterion) {
  if ((a->n_collapsed > 0) != (b->n_collapsed > 0)) return a->n_collapsed == 0;
  return criterion_of(a, criterion) < criterion_of(b, criterion);
}

static gy_mixture_candidate candidate_of(const gy_mixture *model) {
  return (gy_mixture_candidate){.n_clusters = model->n_clusters,
                                .covariance = model->covariance,
                                .log_likelihood = model->log_likelihood,
                                .n_parameters = model->n_parameters,
                                .bic = model->bic,
                                .aic = model->aic,
                                .icl = model->icl,
                                .converged = model->converged,
                                .n_collapsed = model->n_collapsed};
}

static gy_status check_choice(gy_matrix x, const gy_mixture_choice_options *options, size_t *n_most,
                              gy_error *err) {
  if (options->k_min < 1 || options->k_max < options->k_min)
    return gy_fail(err, GY_EUSAGE, "mixture: k from %d to %d; it must rise from 1 or more", options->k_min,
                   options->k_max);
  uint32_t all = (1u << GY_COVARIANCE_COUNT) - 1;
  if ((options->covariances & all) == 0 || (options->covariances & ~all) != 0)
    return gy_fail(err, GY_EUSAGE, "mixture: covariances (%#x) must name one type or more, and no other",
                   options->covariances);
  if (x.n_rows < (size_t)options->k_min)
    return gy_fail(err, GY_EDATA, "mixture: %zu rows cannot make %d clusters; ask for fewer", x.n_rows,
                   options->k_min);
  size_t k_most = (size_t)options->k_max < x.n_rows ? (size_t)options->k_max : x.n_rows;
  *n_most = (k_most - (size_t)options->k_min + 1) * (size_t)__builtin_popcount(options->covariances);
  return GY_OK;
}

/* Fits one candidate; it stays in choice->model if it is the best so far. */
static gy_status try_candidate(gy_matrix x, const gy_mixture_options *fit,
                               const gy_mixture_choice_options *options, const gy_task *quiet,
                               gy_mixture_choice *choice, gy_error *err) {
  gy_mixture model;
  gy_status status = gy_mixture_fit(x, fit, quiet, &model, NULL, err);
  if (status != GY_OK) return status;
  size_t at = choice->n_candidates++;
  choice->candidates[at] = candidate_of(&model);
  if (at == 0 || is_better(&choice->candidates[at], &choice->candidates[choice->best], options->criterion)) {
    gy_mixture_clear(&choice->model);
    choice->model = model;
    choice->best = at;
  } else {
    gy_mixture_clear(&model);
  }
  return GY_OK;
}

gy_status gy_mixture_choose(gy_matrix x, const gy_mixture_choice_options *options, const gy_task *task,
                            gy_mixture_choice *choice, const gy_mixture_rows *rows, gy_error *err) {
  size_t n_most = 0;
  gy_mixture_choice found = {0};
  gy_status status = check_choice(x, options, &n_most, err);
  if (status != GY_OK) return status;
  found.candidates = calloc(n_most, sizeof *found.candidates);
  if (found.candidates == NULL)
    return gy_fail(err, GY_ENOMEM, "mixture: out of memory for %zu candidates", n_most);
  gy_task quiet = task == NULL ? (gy_task){0} : *task;
  quiet.progress = NULL;
  gy_mixture_options fit = options->fit;
  fit.initial = NULL;
  fit.initial_labels = NULL;
  for (int type = 0; type < GY_COVARIANCE_COUNT; type++) {
    if (!(options->covariances >> type & 1)) continue;
    fit.covariance = (gy_covariance)type;
    for (fit.n_clusters = options->k_min;
         fit.n_clusters <= options->k_max && (size_t)fit.n_clusters <= x.n_rows; fit.n_clusters++) {
      status = try_candidate(x, &fit, options, &quiet, &found, err);
      if (status != GY_OK) goto done;
      gy_task_progress(task, "mixture choice", found.n_candidates, n_most, "fits");
    }
  }
  if (rows != NULL) status = gy_mixture_predict(&found.model, x, task, rows, err);
  if (status != GY_OK) goto done;
  *choice = found;
  found = (gy_mixture_choice){0};
done:
  gy_mixture_choice_clear(&found);
  return status;
}

void gy_mixture_choice_clear(gy_mixture_choice *choice) {
  if (choice == NULL) return;
  free(choice->candidates);
  gy_mixture_clear(&choice->model);
  *choice = (gy_mixture_choice){0};
}
