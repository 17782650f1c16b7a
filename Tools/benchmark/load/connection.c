#define _GNU_SOURCE
#include "connection.h"

#include "measuring.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { UPGRADE_ANSWER_MAX = 8192, READ_SIZE = 256 << 10 };

void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        fail("the limit of open files can't be read: %s", strerror(errno));
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        fail("the limit of open files can't be raised: %s", strerror(errno));
}

static void watch(struct connection *connection, int operation)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (connection->waits_for_room)
        event.events |= EPOLLOUT;
    if (epoll_ctl(connection->epoll, operation, connection->socket, &event) != 0)
        fail("epoll_ctl: %s", strerror(errno));
}

void connection_begin(
    struct connection *connection, int epoll, int port, const char *path, const char *protocol,
    const struct connection_events *events)
{
    memset(connection, 0, sizeof *connection);
    connection->events = events;
    connection->epoll = epoll;
    connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (connection->socket < 0)
        fail("socket: %s", strerror(errno));
    int yes = 1;
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(connection->socket, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS)
        fail("no connection to port %d: %s", port, strerror(errno));
    websocket_append_upgrade(&connection->out, path, protocol);
    connection->waits_for_room = true;
    watch(connection, EPOLL_CTL_ADD);
}

void connection_drop(struct connection *connection)
{
    if (connection->state == CONNECTION_CLOSED)
        return;
    close(connection->socket);
    connection->state = CONNECTION_CLOSED;
    if (connection->events->closed)
        connection->events->closed(connection);
}

static void write_out(struct connection *connection)
{
    size_t written = 0;
    while (written < connection->out.count) {
        ssize_t count = send(
            connection->socket, connection->out.data + written, connection->out.count - written, MSG_NOSIGNAL);
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        if (count < 0) {
            connection_drop(connection);
            return;
        }
        written += (size_t)count;
    }
    bytes_drop(&connection->out, written);
    bool waits = connection->out.count > 0;
    if (waits != connection->waits_for_room) {
        connection->waits_for_room = waits;
        watch(connection, EPOLL_CTL_MOD);
    }
}

void connection_send(struct connection *connection, uint8_t opcode, const void *payload, size_t count)
{
    if (connection->state == CONNECTION_CLOSED)
        return;
    websocket_append_frame(&connection->out, opcode, payload, count);
    if (!connection->waits_for_room)
        write_out(connection);
}

static void control_frame(void *context, uint8_t opcode, const uint8_t *payload, size_t count)
{
    struct connection *connection = context;
    if (opcode == OPCODE_PING)
        connection_send(connection, OPCODE_PONG, payload, count);
    if (opcode == OPCODE_CLOSE && count >= 2)
        connection->close_code = (unsigned)payload[0] << 8 | payload[1];
}

static void take_frames(struct connection *connection, const uint8_t *bytes, size_t count)
{
    struct websocket_events events = connection->events->messages;
    events.control = control_frame;
    connection->received += count;
    if (!websocket_read(&connection->reader, bytes, count, &events, connection))
        fail("the server broke the WebSocket protocol");
}

static void take_upgrade(struct connection *connection, const uint8_t *bytes, size_t count)
{
    bytes_append(&connection->head, bytes, count);
    const uint8_t *end = memmem(connection->head.data, connection->head.count, "\r\n\r\n", 4);
    if (!end) {
        if (connection->head.count > UPGRADE_ANSWER_MAX)
            fail("the answer to the upgrade request doesn't end");
        return;
    }
    if (connection->head.count < 12 || memcmp(connection->head.data + 8, " 101", 4) != 0)
        fail("the upgrade was refused: %.*s", (int)(end - connection->head.data), (char *)connection->head.data);
    size_t used = (size_t)(end - connection->head.data) + 4;
    connection->state = CONNECTION_OPEN;
    if (connection->events->opened)
        connection->events->opened(connection);
    take_frames(connection, connection->head.data + used, connection->head.count - used);
}

static void read_in(struct connection *connection)
{
    static uint8_t buffer[READ_SIZE];
    ssize_t count = recv(connection->socket, buffer, sizeof buffer, 0);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return;
    if (count <= 0) {
        connection_drop(connection);
        return;
    }
    if (connection->state == CONNECTION_UPGRADING)
        take_upgrade(connection, buffer, (size_t)count);
    else
        take_frames(connection, buffer, (size_t)count);
}

void connection_handle(struct connection *connection, uint32_t ready)
{
    if (connection->state != CONNECTION_CLOSED && ready & (EPOLLOUT | EPOLLERR))
        write_out(connection);
    if (connection->state != CONNECTION_CLOSED && ready & (EPOLLIN | EPOLLHUP | EPOLLERR))
        read_in(connection);
}
