/* SPDX-License-Identifier: Apache-2.0 */
/* One pool: two queues, a token bucket, and at most `concurrency` transfers under way on a multi of its
 * own (which is why no connection is ever shared with another pool).
 *
 * Everything happens in the pump, an alarm of the main loop: first the ended transfers are told, then
 * waiting ones are sent, so that a callback that asks for a hold is heard before anything else leaves.
 * A callback may send, cancel or free the pool; the pump looks again after each. */
#include "config.h"

#include <string.h>

#include "motcua/i18n.h"
#include "net/transfer.h"

#define QUEUE_MAX 10000

static void
pool_wake(McPool *pool)
{
  g_source_set_ready_time(pool->pump, 0);
}

static void
wipe(char *secret)
{
  if (secret)
    explicit_bzero(secret, strlen(secret));
  g_free(secret);
}

static void
pool_unref(McPool *pool)
{
  if (--pool->refs > 0)
    return;
  g_main_context_unref(pool->context);
  g_free((char *)pool->limits.ca_file);
  g_free((char *)pool->limits.cert_file);
  g_free((char *)pool->limits.key_file);
  g_strfreev(pool->limits.cert_origins);
  wipe(pool->passphrase);
  g_free(pool->name);
  g_free(pool);
}

/* --- Places --- */

static GQueue *
place_of(McTransfer *transfer)
{
  McPool *pool = transfer->pool;
  switch (transfer->place) {
  case MC_TRANSFER_WAITING:
    return &pool->waiting[transfer->urgent];
  case MC_TRANSFER_UNDER_WAY:
    return &pool->under_way;
  case MC_TRANSFER_ENDED:
    return &pool->ended;
  case MC_TRANSFER_TOLD:
    break;
  }
  return NULL;
}

static void
move_to(McTransfer *transfer, McTransferPlace place, gboolean front)
{
  GQueue *from = place_of(transfer);
  if (from)
    g_queue_unlink(from, &transfer->link);
  transfer->place = place;
  GQueue *to = place_of(transfer);
  if (to && front)
    g_queue_push_head_link(to, &transfer->link);
  else if (to)
    g_queue_push_tail_link(to, &transfer->link);
}

void
mc_pool_take_end(McPool *pool, McTransfer *transfer)
{
  move_to(transfer, MC_TRANSFER_ENDED, FALSE);
  pool_wake(pool);
}

void
mc_pool_take_hop(McPool *pool, McTransfer *transfer)
{
  move_to(transfer, MC_TRANSFER_WAITING, TRUE);
  pool_wake(pool);
}

/* --- When the next one may leave --- */

/* A bucket of a tenth of a second's worth, one request at least: short bursts pass, and no second sees
 * noticeably more than its rate. */
static void
bucket_fill(McPool *pool, gint64 now)
{
  double capacity = MAX(1.0, pool->limits.rate / 10);
  double gained = (double)(now - pool->counted) / G_USEC_PER_SEC * pool->limits.rate;
  pool->tokens = MIN(capacity, pool->tokens + gained);
  pool->counted = now;
}

/* Microseconds until a request may leave; 0: now. */
static gint64
pool_wait(McPool *pool, gint64 now)
{
  gint64 wait = MAX(0, pool->hold - now);
  if (pool->limits.rate <= 0)
    return wait;
  bucket_fill(pool, now);
  double missing = 1.0 - pool->tokens;
  return missing <= 0 ? wait : MAX(wait, (gint64)(missing / pool->limits.rate * G_USEC_PER_SEC) + 1);
}

static McTransfer *
next_waiting(McPool *pool)
{
  GList *link = pool->waiting[TRUE].head ? pool->waiting[TRUE].head : pool->waiting[FALSE].head;
  return link ? link->data : NULL;
}

/* --- The pump --- */

static void
pool_tell(McPool *pool)
{
  for (guint count = pool->ended.length; count > 0 && pool->ended.head; count--) {
    McTransfer *transfer = pool->ended.head->data;
    move_to(transfer, MC_TRANSFER_TOLD, FALSE);
    transfer->done(transfer->response, transfer->data);
    mc_transfer_free(transfer);
  }
}

static void
pool_send_waiting(McPool *pool)
{
  McTransfer *transfer;
  while ((int)pool->under_way.length < pool->limits.concurrency && (transfer = next_waiting(pool))) {
    gint64 now = g_get_monotonic_time();
    gint64 wait = pool_wait(pool, now);
    if (wait > 0) {
      g_source_set_ready_time(pool->pump, now + wait);
      return;
    }
    pool->tokens -= 1;
    if (mc_transfer_start(transfer))
      move_to(transfer, MC_TRANSFER_UNDER_WAY, FALSE);
    else
      mc_pool_take_end(pool, transfer);
  }
}

static gboolean
on_pump(gpointer data)
{
  McPool *pool = data;
  pool->refs++;
  pool_tell(pool);
  if (!pool->closed)
    pool_send_waiting(pool);
  if (!pool->closed && pool->ended.head)
    pool_wake(pool);
  pool_unref(pool);
  return G_SOURCE_CONTINUE;
}

/* --- The face --- */

static McPoolLimits
settle_limits(const McPoolLimits *given)
{
  McPoolLimits limits = given ? *given : (McPoolLimits){0};
  limits.concurrency = limits.concurrency > 0 ? MIN(limits.concurrency, 64) : 4;
  limits.rate = MAX(0.0, limits.rate);
  limits.timeout = limits.timeout > 0 ? limits.timeout : 30;
  if (limits.connect_timeout <= 0)
    limits.connect_timeout = MIN(limits.timeout, 10);
  if (limits.max_body == 0)
    limits.max_body = 8 * 1024 * 1024;
  limits.ca_file = g_strdup(limits.ca_file);
  limits.cert_file = g_strdup(limits.cert_file);
  limits.key_file = g_strdup(limits.key_file);
  limits.cert_origins = g_strdupv(limits.cert_origins);
  return limits;
}

McPool *
mc_pool_new(McNet *net, const char *name, const McPoolLimits *limits)
{
  McPool *pool = g_new0(McPool, 1);
  pool->refs = 1;
  pool->net = net;
  pool->name = g_strdup(name);
  pool->limits = settle_limits(limits);
  pool->context = g_main_context_ref(mc_net_context(net));
  pool->pump = mc_alarm_new(pool->context, on_pump, pool);
  pool->multi = mc_multi_new(pool->context, pool->limits.concurrency, mc_transfer_finish);
  pool->tokens = 1;
  pool->counted = g_get_monotonic_time();
  mc_net_count_pool(net, 1);
  return pool;
}

void
mc_pool_free(McPool *pool)
{
  if (!pool)
    return;
  GQueue *places[] = {&pool->waiting[TRUE], &pool->waiting[FALSE], &pool->under_way, &pool->ended};
  for (gsize i = 0; i < G_N_ELEMENTS(places); i++)
    while (places[i]->head)
      mc_transfer_cancel(places[i]->head->data);
  pool->closed = TRUE;
  mc_alarm_free(pool->pump);
  g_clear_pointer(&pool->multi, mc_multi_unref);
  mc_net_count_pool(pool->net, -1);
  pool_unref(pool);
}

/* FALSE when a header cannot be one. */
static gboolean
copy_headers(const McRequest *from, McRequest *to)
{
  for (guint i = 0; from->headers && i < from->headers->len; i++) {
    const McHeader *header = g_ptr_array_index(from->headers, i);
    if (!mc_request_set_header(to, header->name, header->value))
      return FALSE;
  }
  return TRUE;
}

static McRequest *
copy_request(const McRequest *from)
{
  McRequest *to = mc_request_new(from->method, from->url);
  to->body = from->body ? g_bytes_ref(from->body) : NULL;
  to->pieces = from->pieces ? g_ptr_array_ref(from->pieces) : NULL;
  to->sink = from->sink;
  to->mutating = from->mutating;
  to->timeout = from->timeout;
  to->max_body = from->max_body;
  return to;
}

McTransfer *
mc_pool_send(McPool *pool, const McRequest *request, gboolean urgent, McTransferDone done, gpointer data)
{
  McTransfer *transfer = g_new0(McTransfer, 1);
  transfer->pool = pool;
  transfer->place = MC_TRANSFER_TOLD; /* nowhere yet */
  transfer->link.data = transfer;
  transfer->urgent = !!urgent;
  transfer->done = done;
  transfer->data = data;
  transfer->request = copy_request(request);
  transfer->origin = mc_url_origin(request->url);
  char *refusal = NULL;
  if (!copy_headers(request, transfer->request))
    refusal = g_strdup(_("a header of the request cannot be sent: it is not plain ASCII on one line"));
  else if (pool->waiting[0].length + pool->waiting[1].length >= QUEUE_MAX)
    refusal =
        g_strdup_printf(_("too many requests wait for %s; nothing was sent, try again later"), pool->name);
  if (refusal)
    mc_transfer_refuse(transfer, refusal);
  move_to(transfer, refusal ? MC_TRANSFER_ENDED : MC_TRANSFER_WAITING, FALSE);
  pool_wake(pool);
  return transfer;
}

void
mc_transfer_cancel(McTransfer *transfer)
{
  if (!transfer || transfer->place == MC_TRANSFER_TOLD)
    return; /* from within its own callback: the pump frees it */
  McPool *pool = transfer->pool;
  move_to(transfer, MC_TRANSFER_TOLD, FALSE);
  mc_transfer_free(transfer);
  pool_wake(pool);
}

void
mc_pool_set_passphrase(McPool *pool, const char *passphrase)
{
  wipe(pool->passphrase);
  pool->passphrase = g_strdup(passphrase);
}

void
mc_pool_hold(McPool *pool, gint64 until)
{
  pool->hold = MAX(pool->hold, until);
}

/* libcurl cannot close idle connections on demand: a new multi starts without any, and the old one ends
 * with the last transfer under way on it. */
void
mc_pool_drop_idle(McPool *pool)
{
  McMulti *fresh = mc_multi_new(pool->context, pool->limits.concurrency, mc_transfer_finish);
  if (!fresh)
    return;
  mc_multi_unref(pool->multi);
  pool->multi = fresh;
}
