// Appends small events to a server over one connection, so many in flight, each acknowledged by the server. Prints one JSON object.
//
//   appends --port N --to spelltable|journal|redis|jetstream --in-flight K --seconds S [--count N] [--pid PID] [--path PATH]
//
// `spelltable` sends commands over the WebSocket (the table has to have a live scene with a token 0 and a `stamp`), `journal` bare
// events to `journal-benchmark serve`, `redis` XADD to the stream `table`, pipelined, `jetstream` publishes to the subject `table`, of
// which there has to be a stream. Each event's own content has about 150 bytes everywhere. --count ends after so many, before the
// time is over.
// --path is the WebSocket's, with the position of a client that needs no snapshot.
#define _GNU_SOURCE
#include "measuring.h"
#include "websocket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_SIZE = 256 << 10, CONTENT_MAX = 512 };

static const char *path = "/ws";

// How a server is spoken with. All of them answer in order, so an answer is the oldest event's.
struct dialect {
    const char *name;
    void (*greet)(void);
    void (*add)(struct bytes *out, uint64_t number);
    // Counts the answers in what has come; fails the program at a refusal.
    uint64_t (*take)(const uint8_t *bytes, size_t count);
};

static struct {
    int socket;
    uint64_t in_flight;
    uint64_t sent;
    uint64_t answered;
    uint64_t *sent_at;  // of the events in flight, by their number
    struct samples latencies;
} load;

static uint64_t answers;  // to which the bytes led that are being looked at

static void send_bytes(const struct bytes *bytes)
{
    for (size_t sent = 0; sent < bytes->count;) {
        ssize_t count = send(load.socket, bytes->data + sent, bytes->count - sent, MSG_NOSIGNAL);
        if (count < 0)
            fail("send: %s", strerror(errno));
        sent += (size_t)count;
    }
}

// What had come behind the text that was awaited.
static struct bytes unread;

static size_t receive_bytes(uint8_t *buffer, size_t capacity)
{
    if (unread.count > 0) {
        size_t piece = unread.count < capacity ? unread.count : capacity;
        memcpy(buffer, unread.data, piece);
        bytes_drop(&unread, piece);
        return piece;
    }
    ssize_t count = recv(load.socket, buffer, capacity, 0);
    if (count <= 0)
        fail("the server closed the connection");
    return (size_t)count;
}

static void send_text(const char *text)
{
    struct bytes bytes = {.data = (uint8_t *)text, .count = strlen(text)};
    send_bytes(&bytes);
}

// Reads up to and with some text.
static void await(const char *text)
{
    struct bytes seen = {0};
    static uint8_t buffer[READ_SIZE];
    const uint8_t *found;
    while (!(found = memmem(seen.data, seen.count, text, strlen(text))))
        bytes_append(&seen, buffer, receive_bytes(buffer, sizeof buffer));
    const uint8_t *rest = found + strlen(text);
    bytes_append(&unread, rest, (size_t)(seen.data + seen.count - rest));
    free(seen.data);
}

// Calls back for each line that has come whole, without its end. Lines may be cut anywhere between calls.
static void each_line(const uint8_t *bytes, size_t count, void (*take)(const char *line))
{
    static char line[4096];
    static size_t length;
    for (size_t index = 0; index < count; index++) {
        if (bytes[index] != '\n') {
            if (length < sizeof line - 1)
                line[length++] = (char)bytes[index];
            continue;
        }
        line[length] = 0;
        length = 0;
        take(line);
    }
}

// The event's own content.
static int write_content(char *content, uint64_t number)
{
    return snprintf(
        content, CONTENT_MAX,
        "{\"patch\":[{\"op\":\"replace\",\"path\":\"/live/maps/0/data/position/x\",\"value\":%" PRIu64 ".5},"
        "{\"op\":\"replace\",\"path\":\"/live/stamp\",\"value\":\"%016" PRIu64 "\"}]}",
        number % 997, number);
}

// MARK: SpellTable

// Frames are looked through for `ack` lines; the events themselves come too, as to every event client.
static struct bytes message;
static bool is_live;

static uint64_t spelltable_take(const uint8_t *bytes, size_t count);

static void spelltable_greet(void)
{
    struct bytes request = {0};
    websocket_append_upgrade(&request, path, "spelltable.events.v1");
    send_bytes(&request);
    free(request.data);
    await("\r\n\r\n");
    static uint8_t buffer[READ_SIZE];
    while (!is_live)
        spelltable_take(buffer, receive_bytes(buffer, sizeof buffer));
}

static void spelltable_add(struct bytes *out, uint64_t number)
{
    char content[CONTENT_MAX], text[CONTENT_MAX + 128];
    write_content(content, number);
    int count = snprintf(
        text, sizeof text, "{\"type\":\"command\",\"id\":\"a-%d-%" PRIu64 "\",\"name\":\"live.change\",\"data\":%s}", (int)getpid(),
        number, content);
    websocket_append_frame(out, OPCODE_TEXT, text, (size_t)count);
}

static void message_data(void *context, const uint8_t *bytes, size_t count)
{
    (void)context;
    bytes_append(&message, bytes, count);
}

static void message_end(void *context)
{
    (void)context;
    static const char ack[] = "{\"type\":\"ack\"", error[] = "{\"type\":\"error\"", live[] = "{\"type\":\"live\"";
    const uint8_t *line = message.data, *end = message.data + message.count;
    while (line < end) {
        const uint8_t *feed = memchr(line, '\n', (size_t)(end - line));
        size_t length = (size_t)((feed ? feed : end) - line);
        if (length >= sizeof ack - 1 && memcmp(line, ack, sizeof ack - 1) == 0)
            answers++;
        if (length >= sizeof live - 1 && memcmp(line, live, sizeof live - 1) == 0)
            is_live = true;
        if (length >= sizeof error - 1 && memcmp(line, error, sizeof error - 1) == 0)
            fail("the server refuses: %.*s", (int)length, (const char *)line);
        line += length + 1;
    }
    message.count = 0;
}

static void message_control(void *context, uint8_t opcode, const uint8_t *payload, size_t count)
{
    (void)context;
    if (opcode == OPCODE_CLOSE)
        fail("the server closed the connection with %u", count < 2 ? 0 : (unsigned)payload[0] << 8 | payload[1]);
    if (opcode != OPCODE_PING)
        return;
    struct bytes pong = {0};
    websocket_append_frame(&pong, OPCODE_PONG, payload, count);
    send_bytes(&pong);
    free(pong.data);
}

static uint64_t spelltable_take(const uint8_t *bytes, size_t count)
{
    static struct websocket_reader reader;
    static const struct websocket_events events = {message_data, message_end, message_control};
    answers = 0;
    if (!websocket_read(&reader, bytes, count, &events, NULL))
        fail("the server broke the WebSocket protocol");
    return answers;
}

// MARK: The journal alone

static void journal_greet(void) {}

static void journal_add(struct bytes *out, uint64_t number)
{
    char content[CONTENT_MAX];
    uint32_t length = (uint32_t)write_content(content, number), prefix = htonl(length);
    bytes_append(out, &prefix, sizeof prefix);
    bytes_append(out, content, length);
}

// An answer is how many have become durable in all; it may be cut.
static uint64_t journal_take(const uint8_t *bytes, size_t count)
{
    static uint64_t total, coming;
    static unsigned byte_count;
    uint64_t before = total;
    for (size_t index = 0; index < count; index++) {
        coming = coming << 8 | bytes[index];
        if (++byte_count % sizeof coming == 0)
            total = coming;
    }
    return total - before;
}

// MARK: Redis

static void redis_greet(void)
{
    send_text("PING\r\n");
    await("+PONG\r\n");
}

static void redis_add(struct bytes *out, uint64_t number)
{
    char content[CONTENT_MAX], text[CONTENT_MAX + 128];
    int length = write_content(content, number);
    int count = snprintf(
        text, sizeof text, "*5\r\n$4\r\nXADD\r\n$5\r\ntable\r\n$1\r\n*\r\n$1\r\ne\r\n$%d\r\n%s\r\n", length, content);
    bytes_append(out, text, (size_t)count);
}

// An answer is `$15`, and the new event's id.
static void redis_line(const char *line)
{
    if (line[0] == '-')
        fail("Redis refuses: %s", line);
    answers += line[0] >= '0' && line[0] <= '9';
}

static uint64_t redis_take(const uint8_t *bytes, size_t count)
{
    answers = 0;
    each_line(bytes, count, redis_line);
    return answers;
}

// MARK: JetStream

static void jetstream_greet(void)
{
    send_text("CONNECT {\"verbose\":false,\"pedantic\":false,\"no_responders\":true,\"headers\":true}\r\nSUB answers 1\r\nPING\r\n");
    await("PONG\r\n");
    send_text(
        "PUB $JS.API.STREAM.CREATE.TABLE answers 54\r\n"
        "{\"name\":\"TABLE\",\"subjects\":[\"table\"],\"storage\":\"file\"}\r\n");
    await("\"did_create\":true");
}

static void jetstream_add(struct bytes *out, uint64_t number)
{
    char content[CONTENT_MAX], text[CONTENT_MAX + 128];
    int length = write_content(content, number);
    int count = snprintf(text, sizeof text, "PUB table answers %d\r\n%s\r\n", length, content);
    bytes_append(out, text, (size_t)count);
}

// An answer is a message: `MSG answers 1 27` and `{"stream":"TABLE","seq":7}`.
static void jetstream_line(const char *line)
{
    if (strncmp(line, "-ERR", 4) == 0 || strstr(line, "\"error\""))
        fail("JetStream refuses: %s", line);
    if (strncmp(line, "PING", 4) == 0)
        send_text("PONG\r\n");
    answers += line[0] == '{';
}

static uint64_t jetstream_take(const uint8_t *bytes, size_t count)
{
    answers = 0;
    each_line(bytes, count, jetstream_line);
    return answers;
}

// MARK: The load

static const struct dialect dialects[] = {
    {"spelltable", spelltable_greet, spelltable_add, spelltable_take},
    {"journal", journal_greet, journal_add, journal_take},
    {"redis", redis_greet, redis_add, redis_take},
    {"jetstream", jetstream_greet, jetstream_add, jetstream_take},
};

static void connect_to(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    load.socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int yes = 1;
    setsockopt(load.socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (load.socket < 0 || connect(load.socket, (struct sockaddr *)&address, sizeof address) != 0)
        fail("no connection to port %d: %s", port, strerror(errno));
}

// Fills the window, then takes answers; what each answer leaves free is sent at once.
static void run(const struct dialect *dialect, uint64_t until, uint64_t count_max)
{
    static uint8_t buffer[READ_SIZE];
    struct bytes out = {0};
    bool ended = false;
    while (!ended || load.answered < load.sent) {
        uint64_t now = now_us();
        ended = ended || now >= until || load.sent >= count_max;
        out.count = 0;
        while (!ended && load.sent - load.answered < load.in_flight && load.sent < count_max) {
            load.sent_at[load.sent % load.in_flight] = now;
            dialect->add(&out, load.sent++);
        }
        send_bytes(&out);
        if (load.answered == load.sent)
            continue;
        uint64_t answers = dialect->take(buffer, receive_bytes(buffer, sizeof buffer));
        now = now_us();
        for (; answers > 0; answers--, load.answered++)
            samples_add(&load.latencies, now - load.sent_at[load.answered % load.in_flight]);
    }
    free(out.data);
}

int main(int argument_count, char **arguments)
{
    static const struct option known[] = {
        {"port", required_argument, NULL, 'p'},    {"to", required_argument, NULL, 't'},
        {"in-flight", required_argument, NULL, 'k'}, {"seconds", required_argument, NULL, 's'},
        {"count", required_argument, NULL, 'n'},   {"pid", required_argument, NULL, 'i'},
        {"path", required_argument, NULL, 'u'},    {NULL, 0, NULL, 0}};
    int option, port = 0;
    uint64_t count_max = UINT64_MAX;
    double seconds = 3;
    pid_t process = 0;
    const char *to = "spelltable";
    load.in_flight = 1;
    while ((option = getopt_long(argument_count, arguments, "", known, NULL)) != -1) {
        switch (option) {
        case 'p': port = atoi(optarg); break;
        case 't': to = optarg; break;
        case 'k': load.in_flight = strtoull(optarg, NULL, 10); break;
        case 's': seconds = atof(optarg); break;
        case 'n': count_max = strtoull(optarg, NULL, 10); break;
        case 'u': path = optarg; break;
        case 'i': process = (pid_t)atoi(optarg); break;
        default: return 2;
        }
    }
    const struct dialect *dialect = NULL;
    for (size_t index = 0; index < sizeof dialects / sizeof *dialects; index++)
        if (strcmp(dialects[index].name, to) == 0)
            dialect = &dialects[index];
    if (port == 0 || !dialect || load.in_flight == 0)
        fail("--port N --to spelltable|journal|redis|jetstream --in-flight K --seconds S [--count N] [--pid PID]");
    load.sent_at = calloc(load.in_flight, sizeof *load.sent_at);
    if (!load.sent_at)
        fail("out of memory");
    connect_to(port);
    dialect->greet();
    struct processor_time before = processor_time_of(process);
    uint64_t begun = now_us(), own = own_processor_us();
    run(dialect, begun + (uint64_t)(seconds * 1e6), count_max);
    double taken = (double)(now_us() - begun) / 1e6;
    uint64_t server_us = processor_time_of(process).all_us - before.all_us;
    samples_sort(&load.latencies);
    printf("{\"events\":%" PRIu64 ",\"seconds\":%.6f,\"per_second\":%.1f,", load.answered, taken, (double)load.answered / taken);
    printf("\"server_cpu_us\":%" PRIu64 ",\"client_cpu_us\":%" PRIu64 ",", server_us, own_processor_us() - own);
    printf(
        "\"p50_us\":%u,\"p99_us\":%u,\"max_us\":%u}\n", samples_at(&load.latencies, 0.5), samples_at(&load.latencies, 0.99),
        samples_at(&load.latencies, 1));
    return 0;
}
