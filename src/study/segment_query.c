/* SPDX-License-Identifier: Apache-2.0 */
#include "study/segment_query.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"

static const char *name_in(const json_t *segment, const char *language) {
  const char *name = json_string_value(json_object_get(json_object_get(segment, "name"), language));
  return name != NULL ? name : "";
}

static bool find_in(const json_t *segments, gy_segment_kind kind, const char *name, gy_segment_ref *ref) {
  size_t i;
  json_t *segment;
  json_array_foreach(segments, i, segment) {
    if (strcasecmp(name_in(segment, "en"), name) != 0 && strcmp(name_in(segment, "ko"), name) != 0) continue;
    *ref = (gy_segment_ref){kind, (int64_t)i, segment};
    return true;
  }
  return false;
}

static bool find_cluster_number(const json_t *clusters, const char *name, gy_segment_ref *ref) {
  if (strncasecmp(name, "cluster:", 8) != 0) return false;
  char *end;
  long number = strtol(name + 8, &end, 10);
  const json_t *cluster = number >= 1 ? json_array_get(clusters, (size_t)number - 1) : NULL;
  if (end == name + 8 || *end != '\0' || cluster == NULL) return false;
  *ref = (gy_segment_ref){GY_SEGMENT_CLUSTER, number - 1, cluster};
  return true;
}

static void list_names(const json_t *segments, gy_buffer *text) {
  size_t i;
  json_t *segment;
  json_array_foreach(segments, i, segment) {
    gy_buffer_printf(text, "%s%s", text->length > 0 ? ", " : "", name_in(segment, "en"));
  }
}

gy_status gy_segment_find(const json_t *rfm, const json_t *clusters, const char *name, gy_segment_ref *ref,
                          gy_error *err) {
  const json_t *named = json_object_get(rfm, "segments"), *found = json_object_get(clusters, "clusters");
  if (find_in(named, GY_SEGMENT_RFM, name, ref) || find_in(found, GY_SEGMENT_CLUSTER, name, ref) ||
      find_cluster_number(found, name, ref))
    return GY_OK;
  gy_buffer names;
  gy_buffer_init(&names, 16 * 1024);
  list_names(named, &names);
  list_names(found, &names);
  gy_status status = gy_fail(err, GY_ENOTFOUND, "there is no segment '%s'; there are: %s", name,
                             names.data != NULL ? names.data : "none");
  gy_buffer_clear(&names);
  return status;
}
