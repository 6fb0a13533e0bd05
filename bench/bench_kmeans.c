/* SPDX-License-Identifier: Apache-2.0
 *
 * k-means against its peer and against what the machine allows.
 *
 * Both programs cluster the same file of floats from the same centres, 20 iterations, in turns: gyeol, peer,
 * gyeol, peer, ... The ratio of the medians is reported with the spread of each (max / min - 1; above 25 %
 * measure again), and the bound: bytes read / measured triad bandwidth, beside the GFLOP/s reached.
 *
 *   bench_kmeans [--rounds N] [--threads T] [--peer "COMMAND"] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <gyeol/kmeans.h>

#include "base/rng.h"

enum { MAX_ROUNDS = 50, ITERATIONS = 20 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

typedef struct {
  const char *name;
  size_t n, d;
  int32_t k;
} shape;

static const shape SHAPES[] = {{"1M x 16, k = 8", 1000000, 16, 8}, {"200k x 64, k = 50", 200000, 64, 50}};

/* Overlapping spherical groups, so that rows go on changing cluster for all 20 iterations. */
static float *make_points(const shape *s) {
  gy_rng rng;
  gy_rng_init(&rng, 1, 0);
  float *middles = malloc((size_t)s->k * s->d * sizeof *middles);
  float *x = malloc(s->n * s->d * sizeof *x);
  if (middles == NULL || x == NULL) abort();
  for (size_t i = 0; i < (size_t)s->k * s->d; i++) middles[i] = (float)gy_rng_normal(&rng);
  for (size_t i = 0; i < s->n; i++) {
    const float *middle = middles + gy_rng_below(&rng, (uint64_t)s->k) * s->d;
    for (size_t j = 0; j < s->d; j++) x[i * s->d + j] = middle[j] + (float)gy_rng_normal(&rng);
  }
  free(middles);
  return x;
}

static void write_points(const char *path, const shape *s, const float *x) {
  FILE *file = fopen(path, "wb");
  if (file == NULL || fwrite(x, sizeof *x, s->n * s->d, file) != s->n * s->d || fclose(file) != 0) abort();
}

/* Bytes a second of a[i] = b[i] + s c[i], the write counted twice (it is read first). */
static double triad_bandwidth(int n_threads) {
  size_t n = 16u << 20;
  double best = 0;
  float *a = malloc(n * sizeof *a), *b = malloc(n * sizeof *b), *c = malloc(n * sizeof *c);
  if (a == NULL || b == NULL || c == NULL) abort();
#pragma omp parallel for schedule(static) num_threads(n_threads)
  for (size_t i = 0; i < n; i++) a[i] = b[i] = c[i] = 1;
  for (int round = 0; round < 8; round++) {
    double start = now();
#pragma omp parallel for schedule(static) num_threads(n_threads)
    for (size_t i = 0; i < n; i++) a[i] = b[i] + 3 * c[i];
    double rate = 4.0 * (double)n * sizeof *a / (now() - start);
    if (rate > best) best = rate;
  }
  if (a[n / 2] < 0) puts("");
  free(a);
  free(b);
  free(c);
  return best;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

typedef struct {
  double seconds[MAX_ROUNDS];
  double inertia;
  int n;
} timings;

static double median(timings *t) {
  qsort(t->seconds, (size_t)t->n, sizeof *t->seconds, ascending);
  return t->seconds[t->n / 2];
}

static double spread_percent(const timings *t) { return 100 * (t->seconds[t->n - 1] / t->seconds[0] - 1); }

static void run_gyeol(const shape *s, const float *x, int n_threads, timings *t) {
  gy_task task = {.n_threads = n_threads};
  gy_kmeans_options options = gy_kmeans_defaults(s->k);
  options.initial_centers = x;
  options.max_iterations = ITERATIONS;
  options.tolerance = 0;
  int32_t *labels = malloc(s->n * sizeof *labels);
  gy_kmeans model;
  gy_error err = {0};
  double start = now();
  if (gy_kmeans_fit((gy_matrix){x, s->n, s->d}, &options, &task, &model, labels, &err) != GY_OK) {
    fprintf(stderr, "%s\n", err.text);
    exit(1);
  }
  t->seconds[t->n++] = now() - start;
  t->inertia = model.inertia;
  if (model.iterations != ITERATIONS) printf("  note: %d iterations only\n", model.iterations);
  gy_kmeans_clear(&model);
  free(labels);
}

/* The peer stays loaded; a line on its input asks for one more timing. */
typedef struct {
  FILE *to, *from;
} peer;

static bool peer_start(peer *p, const char *command, const char *path, const shape *s, int n_threads) {
  int in[2], out[2];
  if (pipe(in) != 0 || pipe(out) != 0) return false;
  pid_t child = fork();
  if (child == 0) {
    dup2(in[0], 0);
    dup2(out[1], 1);
    close(in[1]);
    close(out[0]);
    char line[1024];
    snprintf(line, sizeof line, "exec %s %s %zu %zu %d %d %d", command, path, s->n, s->d, s->k, ITERATIONS,
             n_threads);
    execl("/bin/sh", "sh", "-c", line, (char *)NULL);
    _exit(127);
  }
  close(in[0]);
  close(out[1]);
  p->to = fdopen(in[1], "w");
  p->from = fdopen(out[0], "r");
  return child > 0 && p->to != NULL && p->from != NULL;
}

static bool peer_round(peer *p, timings *t) {
  double seconds, inertia;
  fputs("go\n", p->to);
  fflush(p->to);
  if (fscanf(p->from, "%lf %lf", &seconds, &inertia) != 2) return false;
  t->seconds[t->n++] = seconds;
  t->inertia = inertia;
  return true;
}

static void report(const shape *s, timings *own, timings *other, double bandwidth) {
  double ours = median(own);
  double bytes = (double)(ITERATIONS + 1) * (double)s->n * (double)s->d * sizeof(float);
  double flops = 2.0 * (ITERATIONS + 1) * (double)s->n * (double)s->d * s->k;
  printf("%s, %d iterations\n", s->name, ITERATIONS);
  printf("  gyeol   %8.4f s  spread %3.0f %%  inertia %.6f\n", ours, spread_percent(own), own->inertia);
  printf("  bound   %8.4f s  %.2f GB at triad bandwidth; reached %.0f %% of it, %.0f GFLOP/s\n",
         bytes / bandwidth, bytes / 1e9, 100 * bytes / bandwidth / ours, flops / ours / 1e9);
  if (other->n == 0) return;
  double theirs = median(other);
  double difference = own->inertia / other->inertia - 1;
  printf("  peer    %8.4f s  spread %3.0f %%  inertia %.6f (relative difference %.1e)\n", theirs,
         spread_percent(other), other->inertia, difference);
  printf("  ratio   %8.3f   of medians; best against best %.3f\n", ours / theirs,
         own->seconds[0] / other->seconds[0]);
}

int main(int argc, char **argv) {
  const char *command = NULL;
  int rounds = 9, n_threads = 2;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (strcmp(argv[i], "--peer") == 0) command = argv[i + 1];
    if (strcmp(argv[i], "--rounds") == 0) rounds = atoi(argv[i + 1]);
    if (strcmp(argv[i], "--threads") == 0) n_threads = atoi(argv[i + 1]);
  }
  if (rounds < 1 || rounds > MAX_ROUNDS) rounds = 9;
  double bandwidth = triad_bandwidth(n_threads);
  printf("triad   %8.1f GB/s on %d threads\n", bandwidth / 1e9, n_threads);
  for (size_t s = 0; s < sizeof SHAPES / sizeof *SHAPES; s++) {
    char path[] = "/tmp/bench_kmeans_XXXXXX";
    int file = mkstemp(path);
    float *x = make_points(&SHAPES[s]);
    timings own = {0}, other = {0};
    peer p = {0};
    if (file < 0) abort();
    close(file);
    write_points(path, &SHAPES[s], x);
    bool has_peer = command != NULL && peer_start(&p, command, path, &SHAPES[s], n_threads);
    for (int round = 0; round < rounds; round++) {
      run_gyeol(&SHAPES[s], x, n_threads, &own);
      if (has_peer && !peer_round(&p, &other)) has_peer = false;
    }
    report(&SHAPES[s], &own, &other, bandwidth);
    if (p.to != NULL) fclose(p.to);
    if (p.from != NULL) fclose(p.from);
    unlink(path);
    free(x);
  }
  return 0;
}
