/* SPDX-License-Identifier: Apache-2.0 */
/* A server for the tests of the net layer, on raw sockets so that it can misbehave: a thread for each
 * connection, behaviour chosen by the path (test-net-server.c lists them), everything seen kept. */
#ifndef TEST_NET_SERVER_H
#define TEST_NET_SERVER_H

#include <glib.h>

typedef struct Server Server;

typedef struct {
  int connection; /* counted from 1 in the order they were accepted */
  char *path;     /* with its query */
  char *head;     /* whole, as it came */
  char *body;
} Seen;

Server *server_start(void);
/* Opens the gate, ends every connection and waits for the threads. */
void server_stop(Server *server);
int server_port(Server *server);

/* A copy of what was seen so far, Seen. */
GPtrArray *server_seen(Server *server);
int server_count(Server *server, const char *path);
int server_connections(Server *server);

/* Requests for /gate wait until it opens. */
int server_waiting(Server *server);
int server_most_waiting(Server *server);
void server_open_gate(Server *server);

#endif
