/* SPDX-License-Identifier: Apache-2.0
 *
 * Columns in. A published source is a table function: DuckDB binds it (columns, row estimate), then calls it
 * on as many threads as the source allows, each with a local state of its own, until a call writes no rows.
 *
 * The function is registered once a name; publishing the name again only changes what it reads. What is
 * registered inside a transaction goes when that is rolled back, which is why a publication remembers it. */
#include <stdlib.h>
#include <string.h>

#include "engine/duckdb_store.h"

struct store_publication {
  gy_engine *engine;
  char *name;
  gy_source source;
  bool registered;
  bool in_transaction; /* registered by the transaction that is open */
  store_publication *next;
};

/* One thread's place in a source. */
typedef struct source_local {
  gy_source source;
  void *local; /* the source's */
  gy_chunk_writer writer;
  store_output output;
} source_local;

void gy_writer_null(gy_chunk_writer *writer, size_t column, size_t row) {
  store_output *place = writer->engine_state;
  if (place->validity[column] == NULL) {
    duckdb_vector_ensure_validity_writable(place->vectors[column]);
    place->validity[column] = duckdb_vector_get_validity(place->vectors[column]);
  }
  place->validity[column][row / 64] &= ~(UINT64_C(1) << (row % 64));
}

void gy_writer_text(gy_chunk_writer *writer, size_t column, size_t row, const char *data, size_t length) {
  store_output *place = writer->engine_state;
  if (length > sizeof place->strings[column][row].value.inlined.inlined) {
    duckdb_vector_assign_string_element_len(place->vectors[column], row, data, length);
    return;
  }
  duckdb_string_t string = {0};
  string.value.inlined.length = (uint32_t)length;
  if (length > 0) memcpy(string.value.inlined.inlined, data, length);
  place->strings[column][row] = string;
}

/* As the engine keeps it: one 128-bit number whose top bit is flipped, so that signed order is that of bytes.
 */
void gy_writer_uuid(gy_chunk_writer *writer, size_t column, size_t row, const uint8_t bytes[16]) {
  uint64_t high, low;
  memcpy(&high, bytes, sizeof high);
  memcpy(&low, bytes + sizeof high, sizeof low);
  duckdb_hugeint *values = writer->data[column];
  values[row] = (duckdb_hugeint){.lower = __builtin_bswap64(low),
                                 .upper = (int64_t)(__builtin_bswap64(high) ^ (UINT64_C(1) << 63))};
}

void store_output_aim(store_output *output, size_t column, gy_type type, duckdb_vector vector) {
  void *data = duckdb_vector_get_data(vector);
  bool is_text = type == GY_TYPE_TEXT;
  output->vectors[column] = vector;
  output->data[column] = is_text ? NULL : data;
  output->strings[column] = is_text ? data : NULL;
  output->validity[column] = NULL;
}

static void bind_source(duckdb_bind_info info) {
  store_publication *publication = duckdb_bind_get_extra_info(info);
  const gy_source *source = &publication->source;
  for (size_t c = 0; c < source->n_columns; c++) {
    duckdb_logical_type type = store_logical_type(source->columns[c].type);
    duckdb_bind_add_result_column(info, source->columns[c].name, type);
    duckdb_destroy_logical_type(&type);
  }
  if (source->expected_rows > 0) duckdb_bind_set_cardinality(info, source->expected_rows, false);
}

static void start_source(duckdb_init_info info) {
  store_publication *publication = duckdb_init_get_extra_info(info);
  int limit = publication->source.max_threads;
  int n_threads = publication->engine->n_threads;
  duckdb_init_set_max_threads(info, (idx_t)(limit > 0 && limit < n_threads ? limit : n_threads));
  atomic_fetch_add(&publication->engine->expected_rows, publication->source.expected_rows);
}

static void free_local(source_local *place) {
  if (place == NULL) return;
  free(place->output.data);
  free(place->output.vectors);
  free(place->output.validity);
  free(place->output.strings);
  free(place);
}

static void close_local(void *data) {
  source_local *place = data;
  if (place->source.close != NULL) place->source.close(place->source.shared, place->local);
  free_local(place);
}

static source_local *make_local(const gy_source *source) {
  source_local *place = calloc(1, sizeof *place);
  if (place == NULL) return NULL;
  size_t n = source->n_columns;
  place->source = *source;
  store_output *out = &place->output;
  out->data = calloc(n + 1, sizeof *out->data);
  out->vectors = calloc(n + 1, sizeof *out->vectors);
  out->validity = calloc(n + 1, sizeof *out->validity);
  out->strings = calloc(n + 1, sizeof *out->strings);
  if (out->data == NULL || out->vectors == NULL || out->validity == NULL || out->strings == NULL) {
    free_local(place);
    return NULL;
  }
  place->writer = (gy_chunk_writer){.n_columns = n, .data = out->data, .engine_state = out};
  return place;
}

static void start_thread(duckdb_init_info info) {
  store_publication *publication = duckdb_init_get_extra_info(info);
  gy_error err = {0};
  gy_status status = GY_OK;
  source_local *place = make_local(&publication->source);
  if (place == NULL)
    status = gy_fail(&err, GY_ENOMEM, "no memory to fill columns");
  else if (place->source.open != NULL)
    status = place->source.open(place->source.shared, &place->local, &err);
  if (status == GY_OK) {
    duckdb_init_set_init_data(info, place, close_local);
    return;
  }
  free_local(place);
  store_note_failure(publication->engine, status, &err);
  duckdb_init_set_error(info, err.text);
}

static void aim_writer(source_local *place, duckdb_data_chunk output) {
  for (size_t c = 0; c < place->source.n_columns; c++)
    store_output_aim(&place->output, c, place->source.columns[c].type,
                     duckdb_data_chunk_get_vector(output, c));
}

static void fill_chunk(duckdb_function_info info, duckdb_data_chunk output) {
  store_publication *publication = duckdb_function_get_extra_info(info);
  source_local *place = duckdb_function_get_local_init_data(info);
  gy_engine *engine = publication->engine;
  gy_error err = {0};
  size_t n_rows = 0;
  if (atomic_load_explicit(&engine->failed, memory_order_relaxed)) {
    duckdb_function_set_error(info, "the source has stopped");
    return;
  }
  aim_writer(place, output);
  gy_status status = place->source.fill(place->source.shared, place->local, &place->writer, &n_rows, &err);
  if (status == GY_OK && n_rows > GY_CHUNK_ROWS)
    status = gy_fail(&err, GY_EINTERNAL, "%s: %zu rows in one chunk", publication->name, n_rows);
  if (status == GY_OK) {
    duckdb_data_chunk_set_size(output, n_rows);
    atomic_fetch_add_explicit(&engine->moved_rows, n_rows, memory_order_relaxed);
    return;
  }
  store_note_failure(engine, status, &err);
  duckdb_function_set_error(info, err.text);
}

static gy_status register_source(gy_engine *engine, store_publication *publication, gy_error *err) {
  duckdb_table_function function = duckdb_create_table_function();
  duckdb_table_function_set_name(function, publication->name);
  duckdb_table_function_set_extra_info(function, publication, NULL);
  duckdb_table_function_set_bind(function, bind_source);
  duckdb_table_function_set_init(function, start_source);
  duckdb_table_function_set_local_init(function, start_thread);
  duckdb_table_function_set_function(function, fill_chunk);
  duckdb_state state = duckdb_register_table_function(engine->connection, function);
  duckdb_destroy_table_function(&function);
  if (state != DuckDBSuccess)
    return gy_fail(err, GY_EENGINE, "%s: '%s' cannot be published: the engine has a function of that name",
                   engine->name, publication->name);
  publication->registered = true;
  publication->in_transaction = engine->in_transaction;
  return GY_OK;
}

static store_publication *find(gy_engine *engine, const char *name) {
  store_publication *publication = engine->publications;
  while (publication != NULL && strcasecmp(publication->name, name) != 0) publication = publication->next;
  return publication;
}

static store_publication *add(gy_engine *engine, const char *name) {
  store_publication *publication = calloc(1, sizeof *publication);
  char *copy = strdup(name);
  if (publication == NULL || copy == NULL) {
    free(publication);
    free(copy);
    return NULL;
  }
  *publication = (store_publication){.engine = engine, .name = copy, .next = engine->publications};
  engine->publications = publication;
  return publication;
}

gy_status gy_engine_publish(gy_engine *engine, const char *name, const gy_source *source, gy_error *err) {
  store_publication *publication = find(engine, name);
  if (publication == NULL) publication = add(engine, name);
  if (publication == NULL) return gy_fail(err, GY_ENOMEM, "no memory to publish '%s'", name);
  publication->source = *source;
  return publication->registered ? GY_OK : register_source(engine, publication, err);
}

void store_publications_rolled_back(gy_engine *engine) {
  for (store_publication *each = engine->publications; each != NULL; each = each->next) {
    if (each->in_transaction) each->registered = false;
    each->in_transaction = false;
  }
}

void store_publications_committed(gy_engine *engine) {
  for (store_publication *each = engine->publications; each != NULL; each = each->next)
    each->in_transaction = false;
}

void store_publications_destroy(gy_engine *engine) {
  while (engine->publications != NULL) {
    store_publication *publication = engine->publications;
    engine->publications = publication->next;
    free(publication->name);
    free(publication);
  }
}
