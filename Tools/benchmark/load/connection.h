// A WebSocket connection to a server on this machine, driven by one epoll.
#ifndef CONNECTION_H
#define CONNECTION_H

#include "websocket.h"

enum connection_state { CONNECTION_UPGRADING, CONNECTION_OPEN, CONNECTION_CLOSED };

struct connection {
    int socket;
    int epoll;
    enum connection_state state;
    bool waits_for_room;
    struct bytes out;   // what the socket has not taken yet
    struct bytes head;  // the answer to the upgrade request, until it is whole
    struct websocket_reader reader;
    const struct connection_events *events;
    uint64_t received;  // bytes, after the upgrade
    unsigned close_code;  // 0 without a close frame
};

// `context` is always the connection.
struct connection_events {
    void (*opened)(struct connection *connection);
    struct websocket_events messages;
    void (*closed)(struct connection *connection);
};

// Begins to connect and to upgrade; fails the program if the server can't be reached.
void connection_begin(
    struct connection *connection, int epoll, int port, const char *path, const char *protocol,
    const struct connection_events *events);
void connection_send(struct connection *connection, uint8_t opcode, const void *payload, size_t count);
// Reads and writes what an epoll event says is possible.
void connection_handle(struct connection *connection, uint32_t ready);
// Closes without a word.
void connection_drop(struct connection *connection);
// Lets this process open as many sockets as the hard limit allows.
void raise_descriptor_limit(void);

#endif
