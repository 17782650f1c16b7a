// Many viewers of one table and one sender, in one thread. Prints one JSON object.
//
//   viewers --port N --protocol plain|events|nats --viewers N --messages FILE --rate R --seconds S [--pid PID]
//       Sends R messages a second, each when it is due whatever the server does, and measures each delivery from the moment at
//       which its message was due until it had come whole. So nothing that the server holds up is left out.
//   viewers --port N --protocol events --viewers N --path PATH --resume [--pid PID]
//       Connects all at once; measures until each was told `live`.
//   viewers --port N --protocol plain|events --viewers N --hold
//       Connects, prints `ready`, and keeps the connections until standard input ends.
//
// FILE holds one message a line. In each, `~#` and 16 zeros become the moment when it was due (microseconds), `@#` and 16 zeros
// its number; a delivery is counted for each `~#…` that a viewer is sent.
#define _GNU_SOURCE
#include "connection.h"
#include "measuring.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum protocol { PROTOCOL_PLAIN, PROTOCOL_EVENTS, PROTOCOL_NATS };
enum { STAMP_DIGITS = 16, STAMP_LENGTH = 2 + STAMP_DIGITS, EVENTS_AT_ONCE = 1024, CONNECTING_AT_ONCE = 64 };
enum { WARM_UP_MESSAGES = 3, SETTLE_US = 300000, DRAIN_MAX_US = 8000000, JOIN_MAX_US = 60000000 };
enum { UNSENT_MAX = 64 << 20 };

static const char live_mark[] = "\"type\":\"live\"";
enum { LIVE_MARK_LENGTH = sizeof live_mark - 1 };

// Finds `~#` and digits in a stream that is cut anywhere.
struct stamp_reader {
    unsigned count;
    uint64_t value;
};

// Where in the NATS protocol's stream a connection is; frames don't keep to its messages.
struct nats_reader {
    char line[512];
    unsigned line_count;
    size_t left;  // bytes of a message's payload, its line end included
};

struct viewer {
    struct connection connection;  // first, so that a connection's address is its viewer's
    bool is_sender;
    bool joined;
    struct stamp_reader stamp;
    struct nats_reader nats;
    struct samples pending;        // stamps of the message that is coming, less `measured_from`
    uint64_t newest_due;
    uint8_t tail[LIVE_MARK_LENGTH - 1];  // of what came before, while `live` is waited for
    unsigned tail_count;
};

struct message {
    uint8_t *text;
    size_t count;
    size_t due_at;     // where the digits begin; 0 if there are none
    size_t number_at;
};

static struct {
    int port;
    enum protocol protocol;
    size_t viewers;
    const char *path;
    const char *messages;
    double rate;
    double seconds;
    pid_t process;
    bool resume;
    bool hold;
} options = {.protocol = PROTOCOL_PLAIN, .viewers = 1, .rate = 20, .seconds = 5};

static struct {
    int epoll;
    int timer;
    struct viewer *viewers;  // and the sender, if there is one, behind them
    size_t connections;
    struct message *messages;
    size_t message_count;
    size_t joined;
    size_t closed;
    uint64_t now;            // when the bytes that are being looked at had come
    uint64_t measured_from;  // deliveries of older messages don't count
    uint64_t sent;
    uint64_t last_due;       // of the last message, once it was sent
    size_t at_end;           // viewers that have it
    struct samples latencies;
    uint64_t newest_delivery;
    uint64_t received;       // bytes, when measuring began
} load;

// MARK: What a viewer is sent

static void scan_stamps(struct viewer *viewer, const uint8_t *bytes, size_t count)
{
    struct stamp_reader *stamp = &viewer->stamp;
    const uint8_t *end = bytes + count;
    while (bytes < end) {
        if (stamp->count == 0) {
            bytes = memchr(bytes, '~', (size_t)(end - bytes));
            if (!bytes)
                return;
            stamp->count = 1;
            stamp->value = 0;
            bytes++;
            continue;
        }
        uint8_t byte = *bytes;
        bool fits = stamp->count == 1 ? byte == '#' : byte >= '0' && byte <= '9';
        if (!fits) {
            stamp->count = 0;
            continue;
        }
        if (stamp->count++ > 1)
            stamp->value = stamp->value * 10 + (byte - '0');
        bytes++;
        if (stamp->count == STAMP_LENGTH) {
            stamp->count = 0;
            if (load.measured_from > 0 && stamp->value >= load.measured_from)
                samples_add(&viewer->pending, stamp->value - load.measured_from);
        }
    }
}

static void end_message(struct viewer *viewer)
{
    for (size_t index = 0; index < viewer->pending.count; index++) {
        uint64_t due = load.measured_from + viewer->pending.values[index];
        samples_add(&load.latencies, load.now > due ? load.now - due : 0);
        viewer->newest_due = due;
        load.at_end += due == load.last_due;
        load.newest_delivery = load.now;
    }
    viewer->pending.count = 0;
}

static void has_joined(struct viewer *viewer)
{
    if (viewer->joined)
        return;
    viewer->joined = true;
    load.joined++;
}

static void look_for_live(struct viewer *viewer, const uint8_t *bytes, size_t count)
{
    uint8_t seam[2 * LIVE_MARK_LENGTH];
    size_t head = count < LIVE_MARK_LENGTH - 1 ? count : LIVE_MARK_LENGTH - 1;
    memcpy(seam, viewer->tail, viewer->tail_count);
    memcpy(seam + viewer->tail_count, bytes, head);
    size_t seam_count = viewer->tail_count + head;
    if (memmem(seam, seam_count, live_mark, LIVE_MARK_LENGTH) || memmem(bytes, count, live_mark, LIVE_MARK_LENGTH)) {
        has_joined(viewer);
        return;
    }
    const uint8_t *end = count >= LIVE_MARK_LENGTH - 1 ? bytes + count : seam + seam_count;
    size_t available = count >= LIVE_MARK_LENGTH - 1 ? count : seam_count;
    viewer->tail_count = available < LIVE_MARK_LENGTH - 1 ? (unsigned)available : LIVE_MARK_LENGTH - 1;
    memcpy(viewer->tail, end - viewer->tail_count, viewer->tail_count);
}

static void nats_line(struct viewer *viewer)
{
    struct nats_reader *nats = &viewer->nats;
    nats->line[nats->line_count] = 0;
    nats->line_count = 0;
    if (strncmp(nats->line, "MSG ", 4) == 0)
        nats->left = strtoull(strrchr(nats->line, ' '), NULL, 10) + 2;
    else if (strncmp(nats->line, "PING", 4) == 0)
        connection_send(&viewer->connection, OPCODE_BINARY, "PONG\r\n", 6);
    else if (strncmp(nats->line, "PONG", 4) == 0)
        has_joined(viewer);
    else if (strncmp(nats->line, "-ERR", 4) == 0)
        fail("nats-server says %s", nats->line);
}

static void read_nats(struct viewer *viewer, const uint8_t *bytes, size_t count)
{
    struct nats_reader *nats = &viewer->nats;
    while (count > 0) {
        size_t piece = 1;
        if (nats->left > 0) {
            piece = nats->left < count ? nats->left : count;
            scan_stamps(viewer, bytes, piece);
            nats->left -= piece;
            if (nats->left == 0)
                end_message(viewer);
        } else if (*bytes == '\n') {
            nats_line(viewer);
        } else if (nats->line_count < sizeof nats->line - 1) {
            nats->line[nats->line_count++] = (char)*bytes;
        }
        bytes += piece;
        count -= piece;
    }
}

// A refused command would only show as deliveries that never come.
static void look_for_refusal(const uint8_t *bytes, size_t count)
{
    static const char refusal[] = "{\"type\":\"error\"";
    const uint8_t *found = memmem(bytes, count, refusal, sizeof refusal - 1);
    if (found)
        fail("the server refuses: %.*s", (int)(bytes + count - found), (const char *)found);
}

static void viewer_data(void *context, const uint8_t *bytes, size_t count)
{
    struct viewer *viewer = context;
    if (options.protocol == PROTOCOL_NATS) {
        read_nats(viewer, bytes, count);
        return;
    }
    if (!viewer->joined && options.protocol == PROTOCOL_EVENTS)
        look_for_live(viewer, bytes, count);
    if (viewer->is_sender)
        look_for_refusal(bytes, count);
    else
        scan_stamps(viewer, bytes, count);
}

static void viewer_message_end(void *context)
{
    struct viewer *viewer = context;
    if (options.protocol == PROTOCOL_NATS)
        return;
    if (options.protocol == PROTOCOL_PLAIN)
        has_joined(viewer);  // the connection's status comes first
    end_message(viewer);
}

static void viewer_opened(struct connection *connection)
{
    struct viewer *viewer = (struct viewer *)connection;
    if (options.protocol != PROTOCOL_NATS)
        return;
    static const char hello[] = "CONNECT {\"verbose\":false,\"pedantic\":false}\r\n";
    static const char subscribe[] = "SUB table 1\r\n";
    connection_send(connection, OPCODE_BINARY, hello, sizeof hello - 1);
    if (!viewer->is_sender)
        connection_send(connection, OPCODE_BINARY, subscribe, sizeof subscribe - 1);
    connection_send(connection, OPCODE_BINARY, "PING\r\n", 6);
}

static void viewer_closed(struct connection *connection)
{
    const struct viewer *viewer = (struct viewer *)connection;
    load.closed++;
    if (!viewer->joined)
        fail("a connection was closed with %u before it had joined", connection->close_code);
    if (viewer->is_sender)
        fail("the server closed the sender's connection with %u", connection->close_code);
}

static const struct connection_events viewer_events = {
    .opened = viewer_opened,
    .messages = {.data = viewer_data, .message_end = viewer_message_end},
    .closed = viewer_closed,
};

// MARK: What the sender sends

static size_t find_digits(const struct message *message, const char *mark)
{
    const uint8_t *found = memmem(message->text, message->count, mark, 2);
    if (!found)
        return 0;
    size_t at = (size_t)(found - message->text) + 2;
    if (at + STAMP_DIGITS > message->count)
        fail("a message ends within its stamp");
    return at;
}

static void read_messages(const char *path)
{
    FILE *file = fopen(path, "r");
    if (!file)
        fail("%s: %s", path, strerror(errno));
    char *line = NULL;
    size_t capacity = 0;
    ssize_t count;
    while ((count = getline(&line, &capacity, file)) > 0) {
        if (line[count - 1] == '\n')
            count--;
        struct message message = {.text = (uint8_t *)line, .count = (size_t)count};
        message.due_at = find_digits(&message, "~#");
        message.number_at = find_digits(&message, "@#");
        load.messages = realloc(load.messages, (load.message_count + 1) * sizeof message);
        if (!load.messages)
            fail("out of memory");
        load.messages[load.message_count++] = message;
        line = NULL;
        capacity = 0;
    }
    fclose(file);
    if (load.message_count == 0)
        fail("%s holds no message", path);
}

static void write_digits(struct message *message, size_t at, uint64_t value)
{
    if (at == 0)
        return;
    for (int index = STAMP_DIGITS - 1; index >= 0; index--) {
        message->text[at + (size_t)index] = (uint8_t)('0' + value % 10);
        value /= 10;
    }
}

static void send_message(uint64_t due)
{
    static uint64_t number;
    struct viewer *sender = &load.viewers[options.viewers];
    struct message *message = &load.messages[number % load.message_count];
    write_digits(message, message->due_at, due);
    write_digits(message, message->number_at, ++number);
    if (options.protocol != PROTOCOL_NATS) {
        connection_send(&sender->connection, OPCODE_TEXT, message->text, message->count);
        return;
    }
    static struct bytes publication;
    char head[64];
    int head_count = snprintf(head, sizeof head, "PUB table %zu\r\n", message->count);
    publication.count = 0;
    bytes_append(&publication, head, (size_t)head_count);
    bytes_append(&publication, message->text, message->count);
    bytes_append(&publication, "\r\n", 2);
    connection_send(&sender->connection, OPCODE_BINARY, publication.data, publication.count);
}

// MARK: Phases

// The timer is in the epoll set with no pointer.
static void set_timer(uint64_t at_us)
{
    struct itimerspec when = {
        .it_value = {.tv_sec = (time_t)(at_us / 1000000), .tv_nsec = (long)(at_us % 1000000) * 1000}};
    if (timerfd_settime(load.timer, TFD_TIMER_ABSTIME, &when, NULL) != 0)
        fail("timerfd_settime: %s", strerror(errno));
}

static void poll_once(int timeout_ms)
{
    struct epoll_event ready[EVENTS_AT_ONCE];
    int count = epoll_wait(load.epoll, ready, EVENTS_AT_ONCE, timeout_ms);
    if (count < 0 && errno != EINTR)
        fail("epoll_wait: %s", strerror(errno));
    for (int index = 0; index < count; index++) {
        if (!ready[index].data.ptr) {
            uint64_t expirations;
            if (read(load.timer, &expirations, sizeof expirations) < 0 && errno != EAGAIN)
                fail("the timer can't be read: %s", strerror(errno));
            continue;
        }
        load.now = now_us();
        connection_handle(ready[index].data.ptr, ready[index].events);
    }
}

static void poll_until(uint64_t until)
{
    while (now_us() < until)
        poll_once(1);
}

static void join_all(size_t at_once)
{
    uint64_t begun = now_us();
    size_t opened = 0;
    const char *subprotocol = options.protocol == PROTOCOL_EVENTS ? "spelltable.events.v1" : NULL;
    const char *path = options.path ? options.path : options.protocol == PROTOCOL_NATS ? "/" : "/ws";
    while (load.joined < load.connections) {
        for (; opened < load.connections && opened - load.joined < at_once; opened++) {
            struct viewer *viewer = &load.viewers[opened];
            connection_begin(&viewer->connection, load.epoll, options.port, path, subprotocol, &viewer_events);
            viewer->is_sender = opened == options.viewers;
        }
        poll_once(100);
        if (now_us() - begun > JOIN_MAX_US)
            fail("only %zu of %zu connections had joined after %d s", load.joined, load.connections, JOIN_MAX_US / 1000000);
    }
}

static uint64_t bytes_received(void)
{
    uint64_t sum = 0;
    for (size_t index = 0; index < options.viewers; index++)
        sum += load.viewers[index].connection.received;
    return sum;
}

// Sends each message when it is due. Ends early if the server doesn't take them.
static void send_all(uint64_t planned)
{
    struct viewer *sender = &load.viewers[options.viewers];
    while (load.sent < planned && sender->connection.out.count < UNSENT_MAX) {
        uint64_t due = load.measured_from + (uint64_t)((double)load.sent * 1e6 / options.rate);
        if (now_us() < due) {
            set_timer(due);
            poll_once(100);
            continue;
        }
        send_message(due);
        load.sent++;
        if (load.sent % 16 == 0)
            poll_once(0);  // a sender that is late still lets its viewers read
    }
}

// Until every viewer has the last message. (Plain viewers may be sent it in place of older ones.)
static void drain(void)
{
    load.last_due = load.measured_from + (uint64_t)((double)(load.sent - 1) * 1e6 / options.rate);
    for (size_t index = 0; index < options.viewers; index++)
        load.at_end += load.viewers[index].newest_due == load.last_due;
    uint64_t begun = now_us();
    while (load.at_end < options.viewers && now_us() - begun < DRAIN_MAX_US)
        poll_once(20);
}

static void print_processor(struct processor_time before, struct processor_time after)
{
    printf(
        "\"server_cpu_us\":%" PRIu64 ",\"server_user_us\":%" PRIu64 ",\"server_kernel_us\":%" PRIu64 ",",
        after.all_us - before.all_us, after.user_us - before.user_us, after.kernel_us - before.kernel_us);
}

// A few messages, each until all viewers have it: so everybody is known to be there, and nothing is left to do.
static void warm_up(void)
{
    for (int count = 0; count < WARM_UP_MESSAGES; count++) {
        uint64_t begun = now_us();
        load.measured_from = begun;
        load.latencies.count = 0;
        send_message(begun);
        while (load.latencies.count < options.viewers) {
            poll_once(20);
            if (now_us() - begun > DRAIN_MAX_US)
                fail("a first message got to %zu of %zu viewers only", load.latencies.count, options.viewers);
        }
    }
    load.measured_from = 0;
    load.latencies.count = 0;
    poll_until(now_us() + SETTLE_US);
}

static void measure_deliveries(void)
{
    warm_up();
    uint64_t planned = (uint64_t)(options.rate * options.seconds) + 1;
    struct processor_time before = processor_time_of(options.process);
    uint64_t own_before = own_processor_us();
    load.received = bytes_received();
    load.measured_from = now_us() + 10000;
    send_all(planned);
    drain();
    struct processor_time after = processor_time_of(options.process);
    uint64_t own_after = own_processor_us(), taken = now_us() - load.measured_from;
    uint64_t busy = load.newest_delivery > load.measured_from ? load.newest_delivery - load.measured_from : taken;
    samples_sort(&load.latencies);
    printf("{\"viewers\":%zu,\"planned\":%" PRIu64 ",\"sent\":%" PRIu64 ",", options.viewers, planned, load.sent);
    printf(
        "\"deliveries\":%zu,\"expected\":%" PRIu64 ",\"viewers_at_end\":%zu,\"closed\":%zu,", load.latencies.count,
        planned * options.viewers, load.at_end, load.closed);
    printf("\"bytes\":%" PRIu64 ",\"busy_us\":%" PRIu64 ",", bytes_received() - load.received, busy);
    print_processor(before, after);
    printf("\"client_cpu_us\":%" PRIu64 ",\"taken_us\":%" PRIu64 ",", own_after - own_before, taken);
    printf(
        "\"p50_us\":%u,\"p90_us\":%u,\"p99_us\":%u,\"max_us\":%u}\n", samples_at(&load.latencies, 0.5),
        samples_at(&load.latencies, 0.9), samples_at(&load.latencies, 0.99), samples_at(&load.latencies, 1));
}

static void measure_resuming(void)
{
    struct processor_time before = processor_time_of(options.process);
    uint64_t own_before = own_processor_us(), begun = now_us();
    join_all(load.connections);
    uint64_t taken = now_us() - begun;
    struct processor_time after = processor_time_of(options.process);
    printf("{\"viewers\":%zu,\"taken_us\":%" PRIu64 ",\"bytes\":%" PRIu64 ",", options.viewers, taken, bytes_received());
    print_processor(before, after);
    printf("\"client_cpu_us\":%" PRIu64 "}\n", own_processor_us() - own_before);
}

// MARK: Arguments

static enum protocol protocol_named(const char *name)
{
    static const char *names[] = {"plain", "events", "nats"};
    for (int index = 0; index < 3; index++)
        if (strcmp(name, names[index]) == 0)
            return (enum protocol)index;
    fail("no protocol %s: plain, events or nats", name);
}

static void read_arguments(int count, char **arguments)
{
    static const struct option known[] = {
        {"port", required_argument, NULL, 'p'},    {"protocol", required_argument, NULL, 'k'},
        {"viewers", required_argument, NULL, 'n'}, {"path", required_argument, NULL, 'u'},
        {"messages", required_argument, NULL, 'm'}, {"rate", required_argument, NULL, 'r'},
        {"seconds", required_argument, NULL, 's'}, {"pid", required_argument, NULL, 'i'},
        {"resume", no_argument, NULL, 'c'},        {"hold", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(count, arguments, "", known, NULL)) != -1) {
        switch (option) {
        case 'p': options.port = atoi(optarg); break;
        case 'k': options.protocol = protocol_named(optarg); break;
        case 'n': options.viewers = strtoull(optarg, NULL, 10); break;
        case 'u': options.path = optarg; break;
        case 'm': options.messages = optarg; break;
        case 'r': options.rate = atof(optarg); break;
        case 's': options.seconds = atof(optarg); break;
        case 'i': options.process = (pid_t)atoi(optarg); break;
        case 'c': options.resume = true; break;
        case 'h': options.hold = true; break;
        default: exit(2);
        }
    }
    if (options.port == 0 || (!options.resume && !options.hold && (!options.messages || options.rate <= 0)))
        fail("--port, and --messages with a --rate over 0, or --resume, or --hold");
}

static void prepare(void)
{
    raise_descriptor_limit();
    load.epoll = epoll_create1(EPOLL_CLOEXEC);
    load.timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN};
    if (load.epoll < 0 || load.timer < 0 || epoll_ctl(load.epoll, EPOLL_CTL_ADD, load.timer, &event) != 0)
        fail("epoll: %s", strerror(errno));
    load.connections = options.viewers + (options.messages ? 1 : 0);
    load.viewers = calloc(load.connections, sizeof *load.viewers);
    if (!load.viewers)
        fail("out of memory");
}

// Answers pings until standard input ends.
static void hold(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    if (epoll_ctl(load.epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event) != 0)
        fail("standard input can't be watched (is it a file?): %s", strerror(errno));
    printf("ready\n");
    fflush(stdout);
    bool ended = false;
    while (!ended) {
        struct epoll_event ready;
        if (epoll_wait(load.epoll, &ready, 1, -1) != 1)
            continue;
        load.now = now_us();
        char byte;
        if (ready.data.ptr)
            connection_handle(ready.data.ptr, ready.events);
        else
            ended = read(STDIN_FILENO, &byte, 1) <= 0;
    }
}

int main(int count, char **arguments)
{
    read_arguments(count, arguments);
    if (options.messages)
        read_messages(options.messages);
    prepare();
    if (options.resume) {
        measure_resuming();
        return 0;
    }
    join_all(CONNECTING_AT_ONCE);
    if (options.hold)
        hold();
    else
        measure_deliveries();
    return 0;
}
