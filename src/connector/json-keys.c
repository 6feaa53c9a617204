/* SPDX-License-Identifier: Apache-2.0 */
/* Finding a name that stands twice in one object. A table with short chains tells at once; who makes names
 * that collide in it only makes them be sorted. */
#include <string.h>
#include "connector/json-lex.h"

#define SMALL  6   /* names compared pairwise */
#define LARGE  512 /* more are sorted */
#define SLOTS  (2 * LARGE)
#define PROBES 4 /* of each name, on average, before it is sorting */

static int
compare_keys(gconstpointer a, gconstpointer b, G_GNUC_UNUSED gpointer data)
{
  const McJsonKey *x = a, *y = b;
  if (x->len != y->len)
    return x->len < y->len ? -1 : 1;
  int order = memcmp(x->text, y->text, x->len);
  return order ? order : (x->at > y->at) - (x->at < y->at);
}

static inline gboolean
same_key(const McJsonKey *a, const McJsonKey *b)
{
  return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static const McJsonKey *
sorted_duplicate(McJsonKey *keys, guint n)
{
  g_qsort_with_data(keys, (int)n, sizeof *keys, compare_keys, NULL);
  for (guint i = 1; i < n; i++)
    if (same_key(&keys[i - 1], &keys[i]))
      return &keys[i];
  return NULL;
}

static inline guint
hash_key(const McJsonKey *key)
{
  guint64 first = 0, last = 0;
  memcpy(&first, key->text, MIN(key->len, sizeof first));
  if (key->len > sizeof first)
    memcpy(&last, key->text + key->len - sizeof last, sizeof last);
  guint64 mixed = (first ^ (last << 5 | last >> 59) ^ key->len) * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
  return (guint)(mixed >> 32);
}

const McJsonKey *
mc_json_duplicate(GArray *all, guint first)
{
  guint n = all->len - first, probes = 0, mask = 15;
  McJsonKey *keys = n ? &g_array_index(all, McJsonKey, first) : NULL;
  guint16 slots[SLOTS];
  if (n > LARGE)
    return sorted_duplicate(keys, n);
  if (n <= SMALL) {
    for (guint i = 1; i < n; i++)
      for (guint j = 0; j < i; j++)
        if (same_key(&keys[i], &keys[j]))
          return &keys[i];
    return NULL;
  }
  while (mask < 2 * n)
    mask = 2 * mask + 1;
  mask = MIN(mask, SLOTS - 1);
  memset(slots, 0, (mask + 1) * sizeof *slots);
  for (guint i = 0; i < n; i++) {
    guint at = hash_key(&keys[i]) & mask;
    for (; slots[at]; at = (at + 1) & mask) {
      if (same_key(&keys[i], &keys[slots[at] - 1]))
        return &keys[i];
      if (++probes > PROBES * LARGE / 8 + PROBES * n)
        return sorted_duplicate(keys, n);
    }
    slots[at] = (guint16)(i + 1);
  }
  return NULL;
}
