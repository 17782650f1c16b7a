// The client's side of RFC 6455, without sockets: building frames to send, and taking apart what comes.
#ifndef WEBSOCKET_H
#define WEBSOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OPCODE_CONTINUATION = 0, OPCODE_TEXT = 1, OPCODE_BINARY = 2, OPCODE_CLOSE = 8, OPCODE_PING = 9, OPCODE_PONG = 10 };

// A growing run of bytes.
struct bytes {
    uint8_t *data;
    size_t count;
    size_t capacity;
};

void bytes_append(struct bytes *bytes, const void *data, size_t count);
// Removes bytes from the front.
void bytes_drop(struct bytes *bytes, size_t count);

// Appends one masked, final frame.
void websocket_append_frame(struct bytes *out, uint8_t opcode, const void *payload, size_t count);

// Appends the upgrade request. `protocol` may be NULL.
void websocket_append_upgrade(struct bytes *out, const char *path, const char *protocol);

// Where in the stream of the server's frames a connection is.
struct websocket_reader {
    uint8_t head[10];       // the frame's header, as far as it has come
    unsigned head_count;
    bool in_payload;
    uint8_t opcode;         // of the frame; CONTINUATION counts as data
    bool final;
    uint64_t left;          // bytes of the payload that haven't come
    uint8_t control[125];   // the payload of a control frame
    unsigned control_count;
};

// What a reader tells. Data comes in pieces of any size; `message_end` follows the last one of a message.
struct websocket_events {
    void (*data)(void *context, const uint8_t *bytes, size_t count);
    void (*message_end)(void *context);
    void (*control)(void *context, uint8_t opcode, const uint8_t *payload, size_t count);
};

// Takes all of the bytes. Returns false where they break the protocol.
bool websocket_read(
    struct websocket_reader *reader, const uint8_t *bytes, size_t count, const struct websocket_events *events, void *context);

#endif
