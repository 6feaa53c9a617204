/* SPDX-License-Identifier: Apache-2.0 */
/* What every kind of exchange is made of. A kind embeds McExchange as its first member and gives a const
 * table of functions; exchange.c does the rest: names, credentials, reading the answer, judging it, learning
 * of the session. */
#ifndef CONNECTOR_RUN_H
#define CONNECTOR_RUN_H

#include "connector/plan.h"

typedef struct {
  const char *name;
  /* The next step. For SEND it sets *request, x->judging, and what else tells how the answer is read. */
  McStep (*next)(McExchange *x, gint64 now, McRequest **request, gint64 *wait_until, GError **error);
  /* An answer was judged: x->verdict. May change the verdict where the kind knows better. */
  void (*fed)(McExchange *x, const McAnswer *answer, gint64 now);
  void (*answered)(McExchange *x, GHashTable *values); /* the open question; NULL: it never asks */
  void (*abandon)(McExchange *x);                      /* NULL: it fails with the last verdict */
  void (*clear)(McExchange *x);                        /* frees what the kind added */
  /* What it was made of, before its first step; NULL: it is not recorded. */
  void (*recipe)(const McExchange *x, cJSON *into);
} McExchangeKind;

struct McExchange {
  const McExchangeKind *kind;
  McBinding *binding;
  McScope *scope;       /* config, now, session; the kinds add theirs */
  McSession *session;   /* the newest known, NULL: none */
  McSession *passed;    /* the one that the driver passed last */
  gboolean own_session; /* it makes one itself: what the driver passes is not looked at */
  gboolean updated;     /* the driver has not taken the newest one */
  McVerdict verdict;
  McJudging judging;         /* of the request that is out */
  char *url;                 /* of it */
  McForms form;              /* of its answer */
  const McJson *json;        /* the answer that is being fed */
  guint refused;             /* answers in a row that said the session had expired */
  gint64 sunset, deprecated; /* of the system's interface, MC_TIME_NONE */
  gboolean over, abandoned;
  gboolean may_ask;
  McQuestion *question; /* not taken yet */
  McQuestionState question_state;
  GError *failure; /* why it failed */
};

/* New, of `size` bytes, for a kind's own struct. */
gpointer mc_exchange_new(const McExchangeKind *kind, gsize size, McBinding *binding);
/* Ends it: the next step is FAILED with this. Takes `error`. */
void mc_exchange_fail(McExchange *x, GError *error);
/* Puts a question to the person; takes it. */
void mc_exchange_ask(McExchange *x, McQuestion *question);
/* What became of it. Nothing where none is open. */
void mc_exchange_settle(McExchange *x, McQuestionState how);
/* TRUE when the answer may be used. Otherwise nothing was taken from it; a final class has ended the
 * exchange. */
gboolean mc_exchange_usable(McExchange *x);
/* Notes what the answer says of the end of the interface (sunset.c). */
void mc_exchange_see_end(McExchange *x, const McResponse *response);
/* Whether a request of `spec` may go there: to the base origin, or to one of `hosts`, which are reached
 * without credentials and so without what a request itself names of the login (rule 4). */
gboolean mc_binding_may_reach(const McBinding *binding, const McRequestSpec *spec, const char *url);
/* Builds a request of `spec` for where it may go. */
McRequest *mc_binding_request(const McBinding *binding, const McRequestSpec *spec, const McScope *names,
                              GError **error);
/* The same with the exchange's own names. */
McRequest *mc_exchange_request(McExchange *x, const McRequestSpec *spec, GError **error);
/* Replaces the newest session; takes the draft. */
void mc_exchange_take_draft(McExchange *x, cJSON *draft);
/* The member of the answer that a reader finds as list of records: the elements of an array, or all matches.
 * New array of borrowed nodes; `*owned` keeps them alive. NULL: missing. */
GPtrArray *mc_exchange_records(const McReader *records, const cJSON *root, const McScope *scope,
                               gboolean may_miss, cJSON **owned);

#endif
