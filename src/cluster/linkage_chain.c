/* SPDX-License-Identifier: Apache-2.0
 *
 * The nearest-neighbour chain (Benzecri 1982; Murtagh 1983; Muellner 2011, figure 3). Start at any cluster,
 * go to its nearest neighbour, to that one's nearest neighbour, and so on: distances fall, until two clusters
 * are each other's nearest. Those are merged, and the walk goes on from what is left of the chain. Where
 * merging two clusters never brings them nearer to a third than the nearer of them was (Ward, average,
 * complete, weighted; Bruynooghe 1978 calls such linkages reducible), the merges are those of the greedy
 * algorithm in another order, and the rest of the chain stays valid: about 3 n searches in all. */
#include "cluster/linkage.h"

enum { MERGES_A_LOOK = 256 };

gy_status gy_merge_list_add(gy_merge_list *list, int32_t a, int32_t b, double height, gy_error *err) {
  list->edges[list->n++] = (gy_tree_edge){a, b, height};
  if (list->n % MERGES_A_LOOK != 0) return GY_OK;
  gy_task_progress(list->task, "hierarchical clustering", list->n, list->total, "merges");
  return gy_task_check(list->task, err);
}

static void drop_chain(const int32_t *chain, size_t length, bool *on_chain) {
  for (size_t i = 0; i < length; i++) on_chain[chain[i]] = false;
}

gy_status gy_chain_run(const gy_chain_store *s, size_t n_live, size_t stop_at, int32_t *chain, bool *on_chain,
                       gy_merge_list *list, gy_error *err) {
  size_t length = 0;
  int32_t start = 0;
  gy_status status = GY_OK;
  while (status == GY_OK && n_live > stop_at) {
    if (length == 0) {
      while (!s->is_live(s->store, start)) start = start + 1 < (int32_t)s->n_slots ? start + 1 : 0;
      chain[length++] = start;
      on_chain[start] = true;
    }
    int32_t top = chain[length - 1], below = length > 1 ? chain[length - 2] : -1;
    gy_nearest found = s->nearest(s->store, top, below);
    if (!on_chain[found.slot]) {
      chain[length++] = found.slot;
      on_chain[found.slot] = true;
      continue;
    }
    /* Rounding alone can lead back to a cluster deeper in the chain: then the chain is forgotten. */
    size_t kept = found.slot == below ? length - 2 : 0;
    drop_chain(chain + kept, length - kept, on_chain);
    length = kept;
    int32_t gone = top < found.slot ? top : found.slot;
    status = s->merge(s->store, gone, top + found.slot - gone, found.score, list, err);
    n_live--;
  }
  drop_chain(chain, length, on_chain);
  return status;
}
