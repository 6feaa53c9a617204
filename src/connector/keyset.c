/* SPDX-License-Identifier: Apache-2.0 */
/* The set of keyset.h: open addressing, never more than half full and doubled when it would be; 0 marks a
 * free place, and the hash 0 is taken for 1. */
#include <string.h>

#include "connector/keyset.h"

#define FIRST_PLACES 64

struct McKeySet {
  guint64 key[2];
  guint64 *places;
  gsize size, used; /* size: a power of two */
};

/* --- SipHash-2-4 --- */
#define ROTATE(x, n) (((x) << (n)) | ((x) >> (64 - (n))))

static void
sip_rounds(guint64 v[4], int rounds)
{
  while (rounds-- > 0) {
    v[0] += v[1], v[1] = ROTATE(v[1], 13) ^ v[0], v[0] = ROTATE(v[0], 32);
    v[2] += v[3], v[3] = ROTATE(v[3], 16) ^ v[2];
    v[0] += v[3], v[3] = ROTATE(v[3], 21) ^ v[0];
    v[2] += v[1], v[1] = ROTATE(v[1], 17) ^ v[2], v[2] = ROTATE(v[2], 32);
  }
}

static void
sip_word(guint64 v[4], guint64 word)
{
  v[3] ^= word;
  sip_rounds(v, 2);
  v[0] ^= word;
}

static guint64
word_at(const guint8 *data, gsize len)
{
  guint64 word = 0;
  for (gsize i = 0; i < len; i++)
    word |= (guint64)data[i] << (8 * i);
  return word;
}

guint64
mc_siphash(const guint64 key[2], const void *data, gsize len)
{
  const guint8 *at = data;
  guint64 v[4] = {
      key[0] ^ G_GUINT64_CONSTANT(0x736f6d6570736575), key[1] ^ G_GUINT64_CONSTANT(0x646f72616e646f6d),
      key[0] ^ G_GUINT64_CONSTANT(0x6c7967656e657261), key[1] ^ G_GUINT64_CONSTANT(0x7465646279746573)};
  for (gsize left = len; left >= 8; left -= 8, at += 8)
    sip_word(v, word_at(at, 8));
  sip_word(v, word_at(at, len & 7) | (guint64)len << 56);
  v[2] ^= 0xff;
  sip_rounds(v, 4);
  return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* --- the set --- */
McKeySet *
mc_keyset_new(void)
{
  McKeySet *set = g_new0(McKeySet, 1);
  for (gsize i = 0; i < 2; i++)
    set->key[i] = (guint64)g_random_int() << 32 | g_random_int();
  set->size = FIRST_PLACES;
  set->places = g_new0(guint64, set->size);
  return set;
}

void
mc_keyset_free(McKeySet *set)
{
  if (!set)
    return;
  g_free(set->places);
  g_free(set);
}

static gboolean
put(McKeySet *set, guint64 hash)
{
  gsize at = (gsize)hash & (set->size - 1);
  while (set->places[at] && set->places[at] != hash)
    at = (at + 1) & (set->size - 1);
  gboolean fresh = set->places[at] == 0;
  set->places[at] = hash;
  set->used += fresh;
  return fresh;
}

static void
grow(McKeySet *set)
{
  g_autofree guint64 *old = set->places;
  gsize size = set->size;
  set->size *= 2;
  set->used = 0;
  set->places = g_new0(guint64, set->size);
  for (gsize i = 0; i < size; i++)
    if (old[i])
      put(set, old[i]);
}

gboolean
mc_keyset_add(McKeySet *set, const char *text)
{
  guint64 hash = mc_siphash(set->key, text, strlen(text));
  if (2 * (set->used + 1) > set->size)
    grow(set);
  return put(set, hash ? hash : 1);
}
