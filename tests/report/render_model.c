/* SPDX-License-Identifier: Apache-2.0
 *
 * render_model MODEL.json PAGE.html: renders a stored report model, for the tests of the page. */
#include <stdio.h>

#include "report/render.h"

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: render_model MODEL.json PAGE.html\n");
    return 2;
  }
  json_error_t why;
  json_t *model = json_load_file(argv[1], 0, &why);
  if (model == NULL) {
    fprintf(stderr, "render_model: %s line %d: %s\n", argv[1], why.line, why.text);
    return 1;
  }
  gy_error err = {0};
  gy_status status = gy_report_render(model, argv[2], &err);
  json_decref(model);
  if (status != GY_OK) fprintf(stderr, "render_model: %s\n", err.text);
  return gy_status_exit_code(status);
}
