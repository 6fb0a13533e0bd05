/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions of ours in SQL. DuckDB calls them with whole vectors, flattened, on any of its threads. Like a
 * published source a function is registered once a name, and what is registered inside a transaction goes
 * when that is rolled back. */
#include <stdlib.h>
#include <string.h>

#include "engine/duckdb_store.h"

struct store_function {
  gy_engine *engine;
  char *name;
  gy_function function;
  bool registered, in_transaction;
  store_function *next;
};

static gy_status apply(const store_function *f, duckdb_data_chunk input, duckdb_vector output,
                       gy_error *err) {
  gy_type *types = calloc(f->function.n_arguments + 1, sizeof *types);
  store_view view = {0};
  gy_chunk arguments;
  void *data = NULL;
  uint64_t *validity = NULL;
  duckdb_string_t *strings = NULL;
  store_output out = {&output, &validity, &strings, &data};
  gy_chunk_writer writer = {.n_columns = 1, .data = &data, .engine_state = &out};
  for (size_t i = 0; types != NULL && i < f->function.n_arguments; i++) types[i] = GY_TYPE_TEXT;
  bool ready = types != NULL && store_view_init(&view, types, f->function.n_arguments);
  gy_status status = ready ? GY_OK : gy_fail(err, GY_ENOMEM, "no memory to call %s", f->name);
  if (status == GY_OK) {
    store_view_load(&view, input, &arguments);
    store_output_aim(&out, 0, f->function.result, output);
    status = f->function.apply(f->function.shared, &arguments, &writer, err);
  }
  store_view_clear(&view);
  free(types);
  return status;
}

static void call(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
  const store_function *f = duckdb_scalar_function_get_extra_info(info);
  gy_error err = {0};
  gy_status status = apply(f, input, output, &err);
  if (status == GY_OK) return;
  store_note_failure(f->engine, status, &err);
  duckdb_scalar_function_set_error(info, err.text);
}

static gy_status register_function(gy_engine *engine, store_function *f, gy_error *err) {
  duckdb_scalar_function function = duckdb_create_scalar_function();
  duckdb_logical_type text = store_logical_type(GY_TYPE_TEXT),
                      result = store_logical_type(f->function.result);
  duckdb_scalar_function_set_name(function, f->name);
  for (size_t i = 0; i < f->function.n_arguments; i++) duckdb_scalar_function_add_parameter(function, text);
  duckdb_scalar_function_set_return_type(function, result);
  duckdb_scalar_function_set_extra_info(function, f, NULL);
  duckdb_scalar_function_set_function(function, call);
  duckdb_state state = duckdb_register_scalar_function(engine->connection, function);
  duckdb_destroy_scalar_function(&function);
  duckdb_destroy_logical_type(&text);
  duckdb_destroy_logical_type(&result);
  if (state != DuckDBSuccess)
    return gy_fail(err, GY_EENGINE, "%s: '%s' cannot be defined: the engine has a function of that name",
                   engine->name, f->name);
  f->registered = true;
  f->in_transaction = engine->in_transaction;
  return GY_OK;
}

static store_function *find_or_add(gy_engine *engine, const char *name) {
  store_function *f = engine->functions;
  while (f != NULL && strcasecmp(f->name, name) != 0) f = f->next;
  if (f != NULL) return f;
  f = calloc(1, sizeof *f);
  char *copy = strdup(name);
  if (f == NULL || copy == NULL) {
    free(f);
    free(copy);
    return NULL;
  }
  *f = (store_function){.engine = engine, .name = copy, .next = engine->functions};
  engine->functions = f;
  return f;
}

gy_status gy_engine_define(gy_engine *engine, const char *name, const gy_function *function, gy_error *err) {
  store_function *f = find_or_add(engine, name);
  if (f == NULL) return gy_fail(err, GY_ENOMEM, "no memory to define '%s'", name);
  f->function = *function;
  return f->registered ? GY_OK : register_function(engine, f, err);
}

void store_functions_rolled_back(gy_engine *engine) {
  for (store_function *each = engine->functions; each != NULL; each = each->next) {
    if (each->in_transaction) each->registered = false;
    each->in_transaction = false;
  }
}

void store_functions_committed(gy_engine *engine) {
  for (store_function *each = engine->functions; each != NULL; each = each->next)
    each->in_transaction = false;
}

void store_functions_destroy(gy_engine *engine) {
  while (engine->functions != NULL) {
    store_function *f = engine->functions;
    engine->functions = f->next;
    free(f->name);
    free(f);
  }
}
