/* SPDX-License-Identifier: Apache-2.0 */
/* What only the person can answer while a login is under way, as data: the engine asks by an event, a face
 * shows it and answers. Plain values; every text is cleaned of what could act on a terminal. */
#ifndef MOTCUA_QUESTION_H
#define MOTCUA_QUESTION_H

#include "motcua/form.h"

typedef enum {
  MC_QUESTION_DEVICE, /* sign in elsewhere: open the address, type the code (RFC 8628 3.3) */
  MC_QUESTION_FORM    /* fill in the inputs: a one-time code */
} McQuestionKind;

typedef enum {
  MC_QUESTION_OPEN,
  MC_QUESTION_ANSWERED, /* signed in, or the form was given */
  MC_QUESTION_EXPIRED,
  MC_QUESTION_REFUSED,
  MC_QUESTION_WITHDRAWN /* the person or the engine gave up */
} McQuestionState;

typedef struct {
  guint64 id; /* unique in its engine */
  McQuestionKind kind;
  McQuestionState state;
  char *system;
  /* DEVICE: a http or https address; the same with the code in it, or NULL; the code a person types; seconds
   * that it lasts from when it is asked */
  char *address, *complete, *code;
  gint64 lasts;
  /* FORM: what is asked; what was wrong with the answer before, in the system's words, or NULL; McInput */
  char *title, *notice;
  GPtrArray *inputs;
} McQuestion;

McQuestion *mc_question_new(McQuestionKind kind, const char *system);
void mc_question_free(McQuestion *question);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(McQuestion, mc_question_free)
/* What a QR code of it holds. Borrowed. */
const char *mc_question_link(const McQuestion *question);
/* "15 min", for `seconds` left, in the interface's language. New string. */
char *mc_question_left(gint64 seconds);

#endif
